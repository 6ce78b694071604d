import type { Summary } from '@lomap/statistics';
import type { TopLevelSpec } from 'vega-lite';
import { colours, INK, QUIET } from './style.ts';
import { panelGrid, type Layout, type PanelSpec, type Place } from './grid.ts';

/** A chart of samples: the same rows in every panel, each with its seeds, its mean and the mean's interval. */
export interface DotPanels extends Layout {
  readonly title: string;
  readonly subtitle: string;
  /** What a value is, with its unit. */
  readonly axis: string;
  /** What the `mean` of the dots' summaries is. @default 'mean' */
  readonly centre?: 'mean' | 'median';
  /** The rows' titles, from top to bottom; unique. */
  readonly rows: readonly string[];
  readonly panels: readonly Panel[];
}

export interface Panel {
  readonly title: string;
  readonly subtitle: string;
  readonly dots: readonly Dot[];
  /** Values marked by a dashed rule. */
  readonly references: readonly number[];
  /** What a value is here; the chart's axis when absent. */
  readonly axis?: string;
}

export interface Dot {
  readonly row: string;
  readonly bySeed: ReadonlyMap<number, number>;
  readonly summary: Pick<Summary, 'n' | 'mean' | 'interval'> | null;
}

const PANEL_WIDTH = 210;
const ROW_HEIGHT = 34;
/** Where in its row a mean is drawn, and below it the seeds: shares of the row's height. */
const MEAN_LANE = 0.36;
const SEED_LANE = 0.74;

/**
 * The chart's specification.
 *
 * With two or three seeds a t interval can be ten times wider than the seeds' spread. A panel reaches a little beyond
 * its seeds and cuts what is wider; the subtitle then says so, and the specification's data keep the true ends.
 */
export function dotPanels(chart: DotPanels): TopLevelSpec {
  const domains = chart.panels.map(domainOf);
  const cut = chart.panels.some(({ dots }, i) => dots.some(({ summary }) => reachesOutside(summary, domains[i]!)));
  return panelGrid({
    title: chart.title,
    subtitle: chart.subtitle + (cut ? ' An interval without an end cap goes on beyond its panel.' : ''),
    panels: chart.panels.map((panel, i) => (place) => panelSpec(chart, panel, domains[i]!, place)),
    abreast: chart.abreast,
  });
}

function panelSpec(chart: DotPanels, panel: Panel, domain: [number, number], place: Place): PanelSpec {
  const x = {
    field: 'value',
    type: 'quantitative' as const,
    scale: { domain, nice: false, zero: false },
    axis: { title: panel.axis ?? chart.axis, tickCount: place.alone ? 8 : 5 },
  };
  const y = {
    field: 'row',
    type: 'nominal' as const,
    scale: { type: 'band' as const, domain: [...chart.rows] },
    axis: place.first ? { title: null, domain: false, ticks: false, labelPadding: 8 } : null,
    bandPosition: MEAN_LANE,
  };
  const color = { field: 'row', type: 'nominal' as const, scale: colours(chart.rows, chart.colouredAs), legend: null };
  const only = (kind: string) => [{ filter: `datum.kind === '${kind}'` }];
  const interval = [{ filter: "datum.kind === 'mean' && isValid(datum.low)" }];
  const cap = (end: 'low' | 'high') => ({
    transform: interval,
    mark: { type: 'point' as const, shape: 'M0,-1L0,1', size: 110, strokeWidth: 2, opacity: 1, clip: true },
    encoding: { x: { ...x, field: end }, y, color },
  });
  return {
    title: { text: panel.title, subtitle: panel.subtitle },
    data: { values: valuesOf(panel) },
    width: place.alone ? 2 * PANEL_WIDTH : PANEL_WIDTH,
    height: { step: ROW_HEIGHT },
    layer: [
      {
        transform: only('reference'),
        mark: { type: 'rule', color: QUIET, strokeDash: [4, 3], strokeWidth: 1, clip: true },
        encoding: { x },
      },
      {
        transform: interval,
        mark: { type: 'rule', strokeWidth: 2, clip: true },
        encoding: { x: { ...x, field: 'low' }, x2: { field: 'high' }, y, color },
      },
      cap('low'),
      cap('high'),
      {
        transform: only('mean'),
        mark: { type: 'point', filled: true, size: 90, opacity: 1 },
        encoding: { x, y, color, tooltip: [tip('row', 'row'), tip('value', chart.centre ?? 'mean'), ...meanTips] },
      },
      {
        transform: only('seed'),
        mark: { type: 'point', filled: true, fill: '#ffffff', stroke: INK, strokeWidth: 1, size: 24, opacity: 0.85 },
        encoding: {
          ...{ x, y: { ...y, bandPosition: SEED_LANE } },
          tooltip: [tip('row', 'row'), tip('seed', 'seed'), tip('value', 'value')],
        },
      },
    ],
  };
}

/** A line of what is shown when a point is hovered; numbers other than seeds and counts with two decimals. */
function tip(field: string, title: string) {
  const value = { field, title, type: 'quantitative' as const };
  if (field === 'row') return { ...value, type: 'nominal' as const };
  return field === 'n' || field === 'seed' ? value : { ...value, format: '.2f' };
}

const meanTips = [tip('low', '95 % interval from'), tip('high', 'to'), tip('n', 'seeds')];

function valuesOf({ dots, references }: Panel): Record<string, string | number | null>[] {
  const samples = dots.flatMap(({ row, bySeed, summary }) => {
    if (summary === null) return [];
    const [low, high] = summary.interval ?? [null, null];
    const seeds = [...bySeed].map(([seed, value]) => ({ kind: 'seed', row, seed, value }));
    return [{ kind: 'mean', row, value: summary.mean, n: summary.n, low, high }, ...seeds];
  });
  return [...samples, ...references.map((value) => ({ kind: 'reference', value }))];
}

/** How far beyond the seeds an interval is followed, and the air at the panel's border: shares of the seeds' range. */
const FOLLOWED = 0.5;
const AIR = 0.06;

/** What a panel shows: every seed and reference, and the intervals as far as they are followed. */
function domainOf({ dots, references }: Panel): [number, number] {
  const values = [...dots.flatMap(({ bySeed }) => [...bySeed.values()]), ...references];
  if (values.length === 0) return [0, 1];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const range = high - low || 1;
  const ends = dots.flatMap(({ summary }) => summary?.interval ?? []);
  const from = Math.max(Math.min(low, ...ends), low - FOLLOWED * range) - AIR * range;
  const to = Math.min(Math.max(high, ...ends), high + FOLLOWED * range) + AIR * range;
  return [Number(from.toFixed(3)), Number(to.toFixed(3))];
}

function reachesOutside(summary: Dot['summary'], [low, high]: [number, number]): boolean {
  const interval = summary?.interval ?? null;
  return interval !== null && (interval[0] < low || interval[1] > high);
}
