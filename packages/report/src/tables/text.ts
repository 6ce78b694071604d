import type { Section, Table } from './table.ts';

/** A table's first grid and its findings as plain text for a terminal. */
export function text({ sections, findings = [] }: Table): string {
  const [first] = sections;
  return [...(first ? [grid(first), ''] : []), ...findings.map((line) => `- ${line}`)].join('\n').trimEnd();
}

function grid({ caption, columns, rows }: Section): string {
  const cells = [columns.map(({ title }) => title), ...rows];
  const widths = columns.map((_, i) => Math.max(...cells.map((row) => row[i]!.length)));
  const lines = cells.map((row) =>
    row
      .map((cell, i) => (columns[i]!.align === 'left' ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join('  ')
      .trimEnd(),
  );
  const [header, ...body] = lines;
  return [caption, '', header, '-'.repeat(widths.reduce((sum, width) => sum + width + 2, -2)), ...body].join('\n');
}
