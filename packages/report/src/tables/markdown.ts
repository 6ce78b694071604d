import type { Column, Section, Table } from './table.ts';

/** The table as GitHub-flavoured Markdown: a heading, the grids with aligned columns, the notes as a list. */
export function markdown(table: Table): string {
  const notes = table.notes.map((note) => `- ${escape(note)}`).join('\n');
  return (
    [`# ${escape(table.title)}`, ...table.sections.map(grid), ...(notes === '' ? [] : [notes])].join('\n\n') + '\n'
  );
}

function grid({ caption, columns, rows }: Section): string {
  const cells = [columns.map(({ title }) => title), ...rows].map((row) => row.map(escape));
  const widths = columns.map((_, i) => Math.max(3, ...cells.map((row) => row[i]!.length)));
  const line = (row: readonly string[]) =>
    `| ${row.map((text, i) => pad(text, widths[i]!, columns[i]!)).join(' | ')} |`;
  const rule = columns.map(({ align }, i) =>
    align === 'left' ? '-'.repeat(widths[i]!) : `${'-'.repeat(widths[i]! - 1)}:`,
  );
  const [header, ...body] = cells;
  return [`**${escape(caption)}**`, '', line(header!), line(rule), ...body.map(line)].join('\n');
}

function pad(text: string, width: number, { align }: Column): string {
  return align === 'left' ? text.padEnd(width) : text.padStart(width);
}

function escape(text: string): string {
  return text.replaceAll(/[\\|*<`]/g, String.raw`\$&`).replaceAll(/\s+/g, ' ');
}
