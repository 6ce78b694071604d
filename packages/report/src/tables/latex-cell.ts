import { escapeLatex, latexWidth } from './latex-text.ts';

/** What a printed number consists of: `24.44 ± 2.50 (3)`, `+0.33 [−1.16, +1.83] (3)`, `9.11 [7.95, 9.64]`, or a text. */
export interface CellParts {
  readonly main: string;
  /** The deviation behind ±, or the bounds of an interval; empty for neither. */
  readonly spread: readonly string[];
  readonly count: string | null;
}

const NUMBER = String.raw`[-+−]?[\d,.]+(?:e[-−+]?\d+)?`;
const DEVIATION = String.raw` ± (?<deviation>${NUMBER})`;
const INTERVAL = String.raw` \[(?<low>${NUMBER}), (?<high>${NUMBER})\]`;
const PRINTED = new RegExp(`^(?<main>${NUMBER})(?:${DEVIATION}|${INTERVAL})?(?: \\((?<count>\\d+)\\))?$`);

export function partsOf(cell: string): CellParts {
  const found = PRINTED.exec(cell)?.groups;
  if (found === undefined) return { main: cell, spread: [], count: null };
  const { main, deviation, low, high, count } = found;
  const spread = [deviation, low, high].filter((part) => part !== undefined);
  return { main: main!, spread, count: count ?? null };
}

/** A cell as LaTeX, and the characters at the table's own size and at the smaller one that decide its width. */
export interface TypesetCell {
  readonly tex: string;
  readonly large: string;
  readonly small: string;
}

/**
 * A column's cells. Spread and count are set smaller than the number they belong to, and made equally wide by
 * invisible digits, so that the numbers of a column stand under each other though it is aligned right.
 */
export function typesetColumn(cells: readonly CellParts[], isBest: (row: number) => boolean): TypesetCell[] {
  const digits = (part: string | null | undefined) => /\d+/.exec(part?.replaceAll(',', '') ?? '')?.[0].length ?? 0;
  const most = (of: (cell: CellParts) => string | null | undefined) =>
    Math.max(...cells.map((cell) => digits(of(cell))));
  const longest = [0, 1].map((i) => most(({ spread }) => spread[i]));
  const longestCount = most(({ count }) => count);
  const pad = (part: string, length: number) => '0'.repeat(length - digits(part));
  const phantom = (zeros: string) => (zeros === '' ? '' : `\\phantom{${zeros}}`);
  return cells.map(({ main, spread, count }, row) => {
    const zeros = spread.map((part, i) => pad(part, longest[i]!));
    const set = spread.map((part, i) => phantom(zeros[i]!) + escapeLatex(part));
    const spreadTex = set.length === 1 ? `$\\pm$\\,${set[0]}` : set.length === 2 ? `[${set.join(', ')}]` : '';
    const countTex = count === null ? '' : `(${phantom(pad(count, longestCount))}${count})`;
    const small = [spreadTex, countTex].filter((part) => part !== '').join(' ');
    const bold = isBest(row) ? `\\textbf{${escapeLatex(main)}}` : escapeLatex(main);
    return {
      tex: small === '' ? bold : `${bold}\\,{\\scriptsize ${small}}`,
      large: isBest(row) ? `${main}0` : main, // boldface is wider
      small:
        small === ''
          ? ''
          : ` ${SIGNS[spread.length]}${[...spread, ...zeros].join('')}${count === null ? '' : ` (${'0'.repeat(longestCount)})`}`,
    };
  });
}

/** What stands around no spread, a deviation, an interval. */
const SIGNS = ['', '± ', '[], '];

/** Points at the table's size, and 7 points for what is smaller. */
export function cellWidth({ large, small }: TypesetCell, size: number): number {
  return latexWidth(large, size) + latexWidth(small, 7);
}
