import { markup, NO_HTML, type Html } from './html.ts';
import { printedNumber } from '../tables/printed-number.ts';

/** A table of texts: the first cell of a row is its header. */
export interface DataTable {
  readonly caption: string;
  readonly columns: readonly { readonly title: string; readonly align: 'left' | 'right' }[];
  /** Cells are texts, or HTML with the text that it sorts by. */
  readonly rows: readonly (readonly Cell[])[];
  /** What a row's element is called in the page, so that a script can find it; absent for none. */
  readonly rowIds?: readonly string[];
  /** Whether its columns sort; true when absent. */
  readonly sortable?: boolean;
}

export type Cell = string | { readonly text: string; readonly html: Html };

/**
 * The table in a region of its own that scrolls sideways, also by keyboard. Numbers carry their value, by which the
 * page's script sorts; without script it is a plain table.
 */
export function dataTable({ caption, columns, rows, rowIds, sortable = true }: DataTable): Html {
  const numeric = columns.map(({ align }) => align === 'right');
  const heads = columns.map(({ title }, i) => markup`<th scope="col"${numericClass(numeric[i]!)}>${title}</th>`);
  const lines = rows.map((row, r) => {
    const cells = row.map((cell, i) => cellOf(cell, numeric[i]!, i === 0));
    return markup`<tr${rowIds === undefined ? NO_HTML : markup` data-row="${rowIds[r]!}"`}>${cells}</tr>`;
  });
  return scrolling(
    sortable ? 'region' : 'group',
    caption,
    markup`<table${sortable ? markup` data-sortable` : NO_HTML}>
<caption>${caption}</caption>
<thead><tr>${heads}</tr></thead>
<tbody>
${lines}
</tbody>
</table>`,
  );
}

/** Two columns, name and value, which wrap and so need no scrolling. */
export function factTable(caption: string, facts: readonly (readonly [string, Cell])[]): Html {
  const rows = facts.map(
    ([name, value]) => markup`<tr><th scope="row">${name}</th>${cellOf(value, false, false)}</tr>`,
  );
  return markup`<table class="facts">
<caption>${caption}</caption>
<tbody>
${rows}
</tbody>
</table>`;
}

/** A landmark for the page's own tables; only a group for the many of single trials. */
function scrolling(role: 'region' | 'group', label: string, table: Html): Html {
  return markup`<div class="scroll" role="${role}" tabindex="0" aria-label="${label}">
${table}
</div>`;
}

function cellOf(cell: Cell, numeric: boolean, head: boolean): Html {
  const [text, content] = typeof cell === 'string' ? [cell, markup`${cell}`] : [cell.text, cell.html];
  const key = numeric ? printedNumber(text) : null;
  const value = key === null ? NO_HTML : markup` data-value="${key}"`;
  return head
    ? markup`<th scope="row"${value}>${content}</th>`
    : markup`<td${numericClass(numeric)}${value}>${content}</td>`;
}

function numericClass(numeric: boolean): Html {
  return numeric ? markup` class="number"` : NO_HTML;
}
