import { csv } from '../tables/csv.ts';
import type { Section, Table } from '../tables/table.ts';
import { dataTable } from './data-table.ts';
import { markup, NO_HTML, type Html } from './html.ts';
import { counted } from '../tables/numbers.ts';

/** A table's grids, notes and records; its findings too where the page's head does not tell them already. */
export function tableBlock(name: string, table: Table, told: readonly string[]): Html {
  const { findings = [], verdicts } = table;
  const repeated = JSON.stringify(findings) === JSON.stringify(told);
  const file = `data:text/csv;charset=utf-8;base64,${Buffer.from(csv(table)).toString('base64')}`;
  return markup`<article aria-label="Table: ${table.title}">
    ${findings.length === 0 || repeated ? NO_HTML : folded('In words', findings, verdicts)} ${table.sections.map(dataTable)}
    ${table.notes.length === 0 ? NO_HTML : folded(`How to read it (${counted(table.notes.length, 'note')})`, table.notes)}
    <p class="download"><a href="${file}" download="${name}.csv">${table.title}: every number as CSV</a></p>
  </article>`;
}

function folded(title: string, lines: readonly string[], grid?: Section): Html {
  return markup`<details class="fold">
    <summary>${title}</summary>
    <ul class="notes">
      ${lines.map((line) => markup`<li>${line}</li>`)}
    </ul>
    ${grid === undefined ? NO_HTML : dataTable(grid)}
  </details>`;
}
