import type { TopLevelSpec } from 'vega-lite';

/** The colours of Okabe and Ito, told apart by readers with any colour vision; the yellow is left out, too pale on white. */
export const OKABE_ITO = ['#0072B2', '#D55E00', '#009E73', '#CC79A7', '#E69F00', '#56B4E9', '#000000'];
export const GREY = '#767676';

/**
 * A colour for each title, by its place among `all`, so that charts with the same `all` agree. Head only, the floor,
 * is grey. With more titles than colours, colours repeat: every title is also written beside its row or in a legend.
 */
export function colours(
  titles: readonly string[],
  all: readonly string[] = titles,
): { domain: string[]; range: string[] } {
  const coloured = all.filter((title) => !isFloor(title));
  const colour = (title: string) => OKABE_ITO[coloured.indexOf(title) % OKABE_ITO.length]!;
  return { domain: [...titles], range: titles.map((title) => (isFloor(title) ? GREY : colour(title))) };
}

function isFloor(title: string): boolean {
  return title.startsWith('head only');
}

export const FONT = 'DejaVu Sans';
export const SCHEMA = 'https://vega.github.io/schema/vega-lite/v6.json';
export const INK = '#222222';
export const QUIET = '#5c5c5c';
/** What lies behind: to be seen, not read. */
export const PALE = '#d4d4d4';

export const config: NonNullable<TopLevelSpec['config']> = {
  font: FONT,
  background: '#ffffff',
  padding: 16,
  view: { stroke: '#d0d0d0' },
  title: {
    anchor: 'start',
    frame: 'group',
    fontSize: 13,
    color: INK,
    subtitleColor: QUIET,
    subtitleFontSize: 11,
    subtitlePadding: 4,
    offset: 8,
  },
  axis: {
    labelColor: INK,
    titleColor: QUIET,
    labelFontSize: 11,
    titleFontSize: 11,
    titleFontWeight: 'normal',
    gridColor: '#ececec',
    domainColor: '#b0b0b0',
    tickColor: '#b0b0b0',
    labelLimit: 360,
    labelFlush: false,
    labelSeparation: 3,
  },
  legend: {
    labelColor: INK,
    labelFontSize: 11,
    titleFontSize: 11,
    titleFontWeight: 'normal',
    titleColor: QUIET,
    labelLimit: 360,
  },
};

/** The longest line of a subtitle, in characters. */
const LINE = 92;

/** Words broken into lines, because a chart's title does not break by itself. */
export function wrap(text: string, longest = LINE): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= longest) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}
