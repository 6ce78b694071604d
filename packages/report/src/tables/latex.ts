import { isBest } from './best.ts';
import { cellWidth, partsOf, typesetColumn, type CellParts, type TypesetCell } from './latex-cell.ts';
import { layoutOf, type Layout } from './latex-layout.ts';
import { escapeLatex } from './latex-text.ts';
import type { Section, Table } from './table.ts';

/** Where a table stands. */
export interface LatexPlace {
  readonly sweep: string;
  /** The table's name among those of its sweep: `main`. */
  readonly name: string;
  /** What has to be said beside every number of it: that the data are synthetic. */
  readonly caution?: string | null;
}

/**
 * The table as LaTeX, to be read with \input: for each grid a file with one booktabs table that fits a two-column page,
 * its caption and the label `tab:<sweep>-<file>`; and the notes, apart. By file name without extension: `main`,
 * `main-differences`, `main-notes`. A grid longer than a page goes on in further floats under the same number.
 */
export function latex(table: Table, place: LatexPlace): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const [i, section] of table.sections.entries()) {
    const file = i === 0 ? place.name : fresh(`${place.name}-${slug(section.name ?? String(i + 1))}`, files);
    files.set(file, gridFile(section, table, { ...place, label: labelOf(place.sweep, file) }));
  }
  if (table.notes.length > 0) files.set(fresh(`${place.name}-notes`, files), notesFile(table, place));
  return files;
}

function gridFile(section: Section, table: Table, place: LatexPlace & { readonly label: string }): string {
  const { caption, columns, rows, unit, count } = withoutCommonCount(section);
  const best = isBest(section);
  const cells = columns.map(({ align }, c) =>
    align === 'left'
      ? rows.map((row) => plainCell(row[c]!.main))
      : typesetColumn(
          rows.map((row) => row[c]!),
          (r) => best(r, c),
        ),
  );
  const layout = layoutOf(columns, (size) =>
    cells.map((column) => Math.max(0, ...column.map((cell) => cellWidth(cell, size)))),
  );
  const marks = new Set(section.rows.flat().flatMap((cell) => cell.match(/[†‡]/g) ?? []));
  const below = [
    ...(rows.some((_, r) => columns.some((_, c) => best(r, c)))
      ? [
          `Bold: the ${columns.some((column) => column.best === 'lowest') ? 'best' : 'highest'} mean of a ${section.bestOf ?? 'column'}, whatever the noise.`,
        ]
      : []),
    ...table.notes.filter((note) => marks.has(note[0]!)),
    ...(table.protocols ?? []),
    ...(place.caution == null ? [] : [place.caution]),
  ];
  const counted = count === null ? '' : `; ${count} ${unit} in every cell`;
  const heading = `${place.sweep}. ${caption}${counted}.`;
  return [
    `% ${heading.replaceAll(/\s+/g, ' ')}`,
    '% Needs \\usepackage{booktabs}.',
    ...floats(
      layout,
      cells,
      columns.map(({ align }) => align),
    ).map((tabulars, i) =>
      float(layout, tabulars, i === 0 ? captionLines(heading, place.label) : continued(place.label), below),
    ),
    '',
  ].join('\n');
}

function plainCell(text: string): TypesetCell {
  return { tex: escapeLatex(text), large: text, small: '' };
}

type PartedSection = Omit<Section, 'rows'> & { readonly rows: readonly (readonly CellParts[])[] };

/** The section with its cells in parts; a number of seeds or pairs that all cells share is said once, in the caption. */
function withoutCommonCount(section: Section): PartedSection & { unit: string; count: string | null } {
  const rows = section.rows.map((row) =>
    row.map((cell, c) =>
      section.columns[c]!.align === 'left' ? { main: cell, spread: [], count: null } : partsOf(cell),
    ),
  );
  const titles = [section.caption, ...section.columns.map(({ title }) => title)].join(' ');
  const unit = /\((seeds|pairs)\)/.exec(titles)?.[1] ?? 'seeds';
  const counts = new Set(rows.flat().flatMap(({ count }) => count ?? []));
  if (counts.size !== 1) return { ...section, rows, unit, count: null };
  const strip = (text: string) => text.replaceAll(/ \((?:seeds|pairs)\)/g, '');
  return {
    caption: strip(section.caption),
    columns: section.columns.map((column) => ({ ...column, title: strip(column.title) })),
    rows: rows.map((row) => row.map((cell) => ({ ...cell, count: null }))),
    unit,
    count: [...counts][0]!,
  };
}

/** The most rows of a float, so that it stands on a page with its caption. */
const MOST_ROWS = 40;

/** The tabulars by float: parts of the columns below each other while they fit a page, long ones cut into pieces. */
function floats(layout: Layout, cells: readonly (readonly TypesetCell[])[], aligns: readonly string[]): string[][] {
  const count = cells[0]?.length ?? 0;
  const all: string[][] = [];
  let room = 0;
  for (const part of layout.parts) {
    for (let from = 0; from < Math.max(1, count); from += MOST_ROWS) {
      const to = Math.min(count, from + MOST_ROWS);
      const needed = to - from + 3;
      if (all.length === 0 || needed > room) {
        all.push([]);
        room = MOST_ROWS + 3;
      }
      all.at(-1)!.push(
        tabular(
          layout,
          [0, ...part],
          cells.map((column) => column.slice(from, to)),
          aligns,
        ),
      );
      room -= needed;
    }
  }
  return all;
}

function tabular(
  { firstWidth, heads }: Layout,
  shown: readonly number[],
  cells: readonly (readonly TypesetCell[])[],
  aligns: readonly string[],
): string {
  const columns = shown.map((c) => (c === 0 && firstWidth !== null ? `p{${firstWidth}pt}` : aligns[c]![0]!));
  const body = (cells[0] ?? []).map((_, r) =>
    shown.map((c) => (c === 0 && firstWidth !== null ? `\\raggedright ${cells[c]![r]!.tex}` : cells[c]![r]!.tex)),
  );
  // A line that begins with [ or * would be taken for an argument of the \\ before it.
  const line = (row: readonly string[]) => `    ${row.join(' & ').replace(/^(?=[[*])/, '{}')} \\\\`;
  return [
    `  \\begin{tabular}{@{}${columns.join('')}@{}}`,
    '    \\toprule',
    line(shown.map((c) => head(heads[c]!, aligns[c]![0]!))),
    '    \\midrule',
    ...body.map(line),
    '    \\bottomrule',
    '  \\end{tabular}',
  ].join('\n');
}

function head(lines: readonly string[], align: string): string {
  const set = lines.map((text) => escapeLatex(text).replace(/^(?=[[*])/, '{}'));
  return set.length === 1 ? set[0]! : `\\begin{tabular}[b]{@{}${align}@{}}${set.join('\\\\')}\\end{tabular}`;
}

function float({ environment, type }: Layout, tabulars: readonly string[], head: string[], below: string[]): string {
  return [
    `\\begin{${environment}}`,
    '  \\centering',
    ...head.map((line) => `  ${line}`),
    `  ${type.command}\\setlength{\\tabcolsep}{${type.gap / 2}pt}%`,
    tabulars.join('\n  \\par\\medskip\n'),
    ...(below.length === 0
      ? []
      : [
          '  \\par\\smallskip',
          `  \\parbox{\\linewidth}{\\footnotesize\\raggedright ${below.map(escapeLatex).join(' ')}}`,
        ]),
    `\\end{${environment}}`,
  ].join('\n');
}

function captionLines(heading: string, label: string): string[] {
  return [`\\caption{${escapeLatex(heading)}}`, `\\label{${label}}`, '\\medskip'];
}

function continued(label: string): string[] {
  return [`Table~\\ref{${label}}, continued.\\par\\medskip`];
}

function notesFile(table: Table, { sweep, name }: LatexPlace): string {
  return [
    `% ${table.title.replaceAll(/\s+/g, ' ')}: notes`,
    '\\begingroup',
    `\\footnotesize\\raggedright\\noindent\\textbf{Notes to Table~\\ref{${labelOf(sweep, name)}}.}`,
    '\\begin{itemize}',
    '  \\setlength{\\itemsep}{0pt}\\setlength{\\parskip}{0pt}\\renewcommand{\\labelitemi}{$\\cdot$}',
    ...table.notes.map((note) => `  \\item ${escapeLatex(note)}`),
    '\\end{itemize}',
    '\\endgroup',
    '',
  ].join('\n');
}

function labelOf(sweep: string, file: string): string {
  return `tab:${slug(sweep)}-${slug(file)}`;
}

/** What may stand in a label and in a file's name. */
function slug(text: string): string {
  return text.replaceAll(/[^\w.+-]+/g, '-').replaceAll('_', '-');
}

function fresh(name: string, taken: ReadonlyMap<string, unknown>): string {
  let free = name;
  for (let n = 2; taken.has(free); n++) free = `${name}-${n}`;
  return free;
}
