import { latexWidth } from './latex-text.ts';
import type { Column } from './table.ts';

/**
 * The widths that a table has to fit, in points: a column and the text of the narrower two-column pages (ACL's; LaTeX's
 * own article on A4 and letter, ICML, CVPR and IEEE are wider), less a little, because widths are added up from a font's
 * metrics without kerning.
 */
const COLUMN = 216;
const TEXT = 446;

/** A size of type with its name, and the space between two columns, all in points. */
interface Type {
  readonly command: string;
  readonly size: number;
  readonly gap: number;
}
const SMALL: Type = { command: '\\small', size: 9, gap: 7 };
const FOOTNOTE: Type = { command: '\\footnotesize', size: 8, gap: 6 };
const TIGHT: Type = { ...FOOTNOTE, gap: 4 };

/** How a grid stands on a page. */
export interface Layout {
  readonly environment: 'table' | 'table*';
  readonly type: Type;
  /** The columns beside the first, in as many parts as it takes; each part repeats the first column. */
  readonly parts: readonly (readonly number[])[];
  /** The width at which the first column's lines break; null where they need not. */
  readonly firstWidth: number | null;
  /** The columns' titles, broken into lines. */
  readonly heads: readonly (readonly string[])[];
}

/** Body widths of the columns at a size of type. */
export type WidthsAt = (size: number) => readonly number[];

/**
 * The largest type with which the grid fits a column, or else the page, or else the page in parts of fewer columns.
 * Only a first column of long texts breaks its lines.
 */
export function layoutOf(columns: readonly Column[], widthsAt: WidthsAt): Layout {
  const titles = columns.map(({ title }) => title);
  const all = titles.slice(1).map((_, i) => i + 1);
  for (const [environment, limit] of [
    ['table', COLUMN],
    ['table*', TEXT],
  ] as const) {
    for (const type of [SMALL, FOOTNOTE, TIGHT]) {
      const { widths, heads } = measured(titles, widthsAt, type);
      if (widthOf([0, ...all], widths, type) <= limit)
        return { environment, type, parts: [all], firstWidth: null, heads };
    }
  }
  const { widths, heads } = measured(titles, widthsAt, FOOTNOTE);
  const firstWidth = widths[0]! > TEXT / 3 ? Math.floor(TEXT / 3) : null;
  const shown = [firstWidth ?? widths[0]!, ...widths.slice(1)];
  return { environment: 'table*', type: FOOTNOTE, parts: partsOf(columns, shown), firstWidth, heads };
}

/** As few parts as fit, of equally many columns as far as that goes; what is about one quantity stays together. */
function partsOf(columns: readonly Column[], widths: readonly number[]): number[][] {
  const kept: number[][] = [];
  for (const [i, { ofPrevious }] of columns.entries()) {
    if (i === 0) continue;
    if (ofPrevious === true && kept.length > 0) kept.at(-1)!.push(i);
    else kept.push([i]);
  }
  for (let count = 1; count < kept.length; count++) {
    const each = Math.ceil(kept.length / count);
    const parts = Array.from({ length: Math.ceil(kept.length / each) }, (_, i) =>
      kept.slice(i * each, (i + 1) * each).flat(),
    );
    if (parts.every((part) => widthOf([0, ...part], widths, FOOTNOTE) <= TEXT)) return parts;
  }
  return kept;
}

function widthOf(columns: readonly number[], widths: readonly number[], { gap }: Type): number {
  return columns.reduce((sum, column) => sum + widths[column]!, 0) + (columns.length - 1) * gap;
}

/** Titles break into lines no wider than the column's body, or than their longest word. */
function measured(titles: readonly string[], widthsAt: WidthsAt, { size }: Type) {
  const bodies = widthsAt(size);
  const heads = titles.map((title, i) => linesOf(title, Math.max(bodies[i]!, LEAST_HEAD), size));
  const widths = heads.map((lines, i) => Math.max(bodies[i]!, ...lines.map((line) => latexWidth(line, size))));
  return { heads, widths };
}

/** A title breaks only where it is wider than this, in points, and never beside a sign between two quantities. */
const LEAST_HEAD = 42;

function linesOf(title: string, width: number, size: number): string[] {
  const lines: string[] = [];
  for (const word of title.split(/(?<!(?:^| )[^\p{L}]) (?![^\p{L}](?: |$))/u)) {
    const longer = `${lines.at(-1) ?? ''} ${word}`;
    if (lines.length > 0 && latexWidth(longer, size) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
