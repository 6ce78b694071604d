import { withoutRepeats, type Column, type Section, type Table } from './table.ts';

/** The table as GitHub-flavoured Markdown: a heading, unequal protocols, the findings, the grids with aligned columns, the notes. */
export function markdown(table: Table): string {
  const { findings = [], notes, protocols = [] } = withoutRepeats(table);
  return (
    [
      `# ${escape(table.title)}`,
      ...(protocols.length === 0 ? [] : ['**What differs besides the methods**', list(protocols)]),
      ...(findings.length === 0 ? [] : ['**Findings**', list(findings)]),
      ...(table.verdicts === undefined ? [] : [grid(table.verdicts)]),
      ...table.sections.map(grid),
      ...(notes.length === 0 ? [] : [list(notes)]),
    ].join('\n\n') + '\n'
  );
}

function list(lines: readonly string[]): string {
  return lines.map((line) => `- ${escape(line)}`).join('\n');
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
