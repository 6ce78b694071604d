import { isBest } from '../tables/best.ts';
import { printedNumber } from '../tables/printed-number.ts';
import type { Column, Section } from '../tables/table.ts';
import { markup, NO_HTML, type Html } from './html.ts';

/** A table of texts: the first cell of a row is its header. */
export interface DataTable {
  readonly caption: string;
  readonly columns: readonly Column[];
  /** Cells are texts, or HTML with the text that it sorts by. */
  readonly rows: readonly (readonly Cell[])[];
  /** Where the best number is looked for, as in a table's section. */
  readonly bestOf?: Section['bestOf'];
  /** What a row stands for and the file beside the page that has it, for the page's script; absent for none. */
  readonly rowIds?: readonly { readonly row: string; readonly file: string }[];
  /** Whether it is long and scrolls by itself, under its headers. */
  readonly tall?: boolean;
  /** Whether its columns sort; true when absent. */
  readonly sortable?: boolean;
}

export type Cell = string | { readonly text: string; readonly html: Html };

/**
 * The table in a region of its own that scrolls sideways, also by keyboard, under its first column. Where a number is
 * not all of a cell, the cell carries its value, by which the page's script sorts; without script it is a plain table.
 */
export function dataTable(table: DataTable): Html {
  const { caption, columns, rows, rowIds, bestOf, tall = false, sortable = true } = table;
  const texts = rows.map((row) => row.map((cell) => (typeof cell === 'string' ? cell : cell.text)));
  const best = isBest({ caption, columns, rows: texts, ...(bestOf === undefined ? {} : { bestOf }) });
  const heads = columns.map(({ title, align }) => markup`<th scope="col"${classes(align === 'right')}>${title}</th>`);
  const lines = rows.map((row, r) => {
    const cells = row.map((cell, c) => cellOf(cell, columns[c]!.align === 'right', c === 0, best(r, c)));
    const id = rowIds?.[r];
    return markup`<tr${id === undefined ? NO_HTML : markup` data-row="${id.row}" data-file="${id.file}"`}>${cells}</tr>`;
  });
  // A landmark for the page's own tables; only a group for the many of single trials.
  return markup`<div class="scroll sideways${tall ? ' tall' : ''}" role="${sortable ? 'region' : 'group'}" tabindex="0" aria-label="${caption}">
<table${sortable ? markup` data-sortable` : NO_HTML}>
<caption><span>${caption}</span></caption>
<thead><tr>${heads}</tr></thead>
<tbody>
${lines}
</tbody>
</table>
</div>`;
}

/** Two columns, name and value, which wrap and so need no scrolling. */
export function factTable(caption: string, facts: readonly (readonly [string, Cell])[]): Html {
  const rows = facts.map(
    ([name, value]) => markup`<tr><th scope="row">${name}</th>${cellOf(value, false, false, false)}</tr>`,
  );
  return markup`<table class="facts">
<caption>${caption}</caption>
<tbody>
${rows}
</tbody>
</table>`;
}

function cellOf(cell: Cell, numeric: boolean, head: boolean, best: boolean): Html {
  const text = typeof cell === 'string' ? cell : cell.text;
  const content = typeof cell === 'string' ? (numeric ? numberWithSpread(cell) : markup`${cell}`) : cell.html;
  const key = numeric ? printedNumber(text) : null;
  const value = key === null || Number(text) === key ? NO_HTML : markup` data-value="${key}"`;
  if (head) return markup`<th scope="row"${value}>${content}</th>`;
  return markup`<td${classes(numeric, best)}${value}>${content}</td>`;
}

/** `24.44 ± 2.50 (3)` with what stands behind the number set smaller. */
function numberWithSpread(text: string): Html {
  const [, number, spread] = /^(\S+)( [±[(].*)$/.exec(text) ?? [];
  return number === undefined ? markup`${text}` : markup`${number}<small>${spread!}</small>`;
}

function classes(numeric: boolean, best = false): Html {
  const names = [...(numeric ? ['number'] : []), ...(best ? ['best'] : [])];
  return names.length === 0 ? NO_HTML : markup` class="${names.join(' ')}"`;
}
