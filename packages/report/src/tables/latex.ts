import type { Section, Table } from './table.ts';

/**
 * The table as LaTeX: a comment that says what it needs (booktabs), a `table` environment for each grid, and the
 * notes as an itemize. To be read with \input.
 */
export function latex(table: Table): string {
  const notes = table.notes.map((note) => `  \\item ${escape(note)}`);
  return [
    `% ${table.title.replaceAll(/\s+/g, ' ')}`,
    '% Needs \\usepackage{booktabs}.',
    ...table.sections.map((section) => environment(section)),
    ...(notes.length === 0 ? [] : ['\\begin{itemize}', ...notes, '\\end{itemize}']),
    '',
  ].join('\n');
}

function environment({ caption, columns, rows }: Section): string {
  // A line that begins with [ or * would be taken for an argument of the \\\\ before it.
  const line = (cells: readonly string[]) =>
    `    ${cells
      .map(escape)
      .join(' & ')
      .replace(/^(?=[[*])/, '{}')} \\\\`;
  return [
    '\\begin{table}',
    '  \\centering',
    `  \\caption{${escape(caption)}}`,
    `  \\begin{tabular}{@{}${columns.map(({ align }) => align[0]).join('')}@{}}`,
    '    \\toprule',
    line(columns.map(({ title }) => title)),
    '    \\midrule',
    ...rows.map(line),
    '    \\bottomrule',
    '  \\end{tabular}',
    '\\end{table}',
  ].join('\n');
}

const special = new Map([
  ...[...'&%$#_{}'].map((character) => [character, `\\${character}`] as const),
  ['\\', '\\textbackslash{}'],
  ['~', '\\textasciitilde{}'],
  ['^', '\\textasciicircum{}'],
  ['<', '$<$'],
  ['>', '$>$'],
  ['±', '$\\pm$'],
  ['−', '$-$'],
  ['–', '--'],
  ['×', '$\\times$'],
  ['·', '$\\cdot$'],
  ['≥', '$\\ge$'],
  ['≤', '$\\le$'],
  ['‖', '$\\|$'],
  ['†', '$\\dagger$'],
  ['α', '$\\alpha$'],
  ['β', '$\\beta$'],
  ['ε', '$\\varepsilon$'],
  ['Δ', '$\\Delta$'],
  ['₀', '$_0$'],
]);

function escape(text: string): string {
  return Array.from(text.replaceAll(/\s+/g, ' '), (character) => special.get(character) ?? character).join('');
}
