import { withoutRepeats, type Section, type Table } from './table.ts';

/**
 * What differs between a table's rows besides their methods, its first grid and its findings as plain text for a terminal,
 * and further grids below them.
 */
export function text(table: Table, further: readonly Section[] = []): string {
  const { sections, protocols = [], findings = [], verdicts } = withoutRepeats(table);
  const [first] = sections;
  const parts = [
    protocols.join('\n'),
    ...(first ? [grid(first)] : []),
    findings.map((line) => `- ${line}`).join('\n'),
    ...(verdicts === undefined ? [] : [grid(verdicts)]),
    ...further.map(grid),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
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
