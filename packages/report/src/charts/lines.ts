import type { Summary } from '@lomap/statistics';
import type { TopLevelSpec } from 'vega-lite';
import { panelGrid, type Layout, type PanelSpec } from './grid.ts';
import { logDomain, logTicks } from './log-axis.ts';
import { colours, QUIET, wrap } from './style.ts';

/** A chart of lines: in every panel the same series over a numeric x, each mean with its interval and its seeds. */
export interface LinePanels extends Layout {
  readonly title: string;
  readonly subtitle: string;
  /** Titles of the series, unique. */
  readonly series: readonly string[];
  readonly panels: readonly LinePanel[];
}

export interface LinePanel {
  readonly title: string;
  readonly subtitle: string;
  readonly x: LineAxis;
  readonly y: LineAxis;
  readonly points: readonly LinePoint[];
  /** Values of y marked by a dashed rule. @default none */
  readonly references?: readonly number[];
}

export interface LineAxis {
  readonly title: string;
  /** @default linear */
  readonly scale?: 'linear' | 'log';
  /** Where the ticks are; about five of them when absent. */
  readonly ticks?: readonly number[];
  /** D3's format of the ticks. @default '.4~g' */
  readonly format?: string;
}

export interface LinePoint {
  readonly series: string;
  readonly x: number;
  readonly summary: Summary;
  readonly bySeed: ReadonlyMap<number, number>;
}

/** The chart's specification. Nothing is drawn at a value that a log scale has no place for. */
export function linePanels(chart: LinePanels): TopLevelSpec {
  return panelGrid({
    ...{ title: chart.title, subtitle: chart.subtitle, abreast: chart.abreast },
    panels: chart.panels.map(
      (panel) =>
        ({ alone }) =>
          panelSpec(chart, panel, alone),
    ),
  });
}

function panelSpec(chart: LinePanels, panel: LinePanel, alone: boolean): PanelSpec {
  const xs = panel.points.map((point) => point.x);
  const ys = panel.points.flatMap(({ summary, bySeed }) => [
    summary.mean,
    ...(summary.interval ?? []),
    ...bySeed.values(),
  ]);
  const x = { field: 'x', type: 'quantitative' as const, ...axisOf(panel.x, xs) };
  const y = { field: 'value', type: 'quantitative' as const, ...axisOf(panel.y, ys) };
  const narrow = chart.abreast === 1;
  const legend = { title: null, symbolOpacity: 1, ...(narrow ? { orient: 'bottom' as const, columns: 2 } : {}) };
  const color = { field: 'series', type: 'nominal' as const, scale: colours(chart.series, chart.colouredAs), legend };
  const shape = { field: 'series', type: 'nominal' as const, scale: { domain: [...chart.series] }, legend };
  const only = (kind: string) => [{ filter: `datum.kind === '${kind}'` }];
  const tip = (field: string, title: string, format?: string) => ({
    ...{ field, title, type: 'quantitative' as const },
    ...(format === undefined ? {} : { format }),
  });
  const tooltip = [
    { field: 'series', title: 'series', type: 'nominal' as const },
    tip('x', panel.x.title, '.4~g'),
    tip('value', 'value', '.4~g'),
  ];
  return {
    title: { text: panel.title, subtitle: wrap(panel.subtitle, alone ? 60 : 34) },
    data: { values: valuesOf(panel) },
    width: alone ? 400 : 220,
    height: alone ? 260 : 200,
    layer: [
      {
        transform: only('reference'),
        mark: { type: 'rule', color: QUIET, strokeDash: [4, 3], strokeWidth: 1 },
        encoding: { y },
      },
      {
        transform: [{ filter: "datum.kind === 'mean' && isValid(datum.low)" }],
        mark: { type: 'rule', strokeWidth: 1.4, opacity: 0.6 },
        encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' }, color },
      },
      { transform: only('mean'), mark: { type: 'line', strokeWidth: 2 }, encoding: { x, y, color } },
      {
        transform: only('mean'),
        mark: { type: 'point', filled: true, size: 60, opacity: 1 },
        encoding: { x, y, color, shape, tooltip: [...tooltip, tip('n', 'seeds')] },
      },
      {
        transform: only('seed'),
        mark: { type: 'point', filled: true, shape: 'circle', size: 12, opacity: 0.4, aria: false },
        encoding: { x, y, color, tooltip: [...tooltip, tip('seed', 'seed')] },
      },
    ],
  };
}

function axisOf({ title, scale = 'linear', ticks, format = '.4~g' }: LineAxis, values: readonly number[]) {
  if (scale === 'linear') {
    const axis = { title, format, ...(ticks === undefined ? { tickCount: 5 } : { values: [...ticks] }) };
    return { scale: { zero: false }, axis };
  }
  const domain = logDomain(values);
  return {
    scale: { type: 'log' as const, domain, nice: false },
    axis: { title, format, values: [...(ticks ?? logTicks(domain))] },
  };
}

function valuesOf({ points, references = [], x, y }: LinePanel): Record<string, string | number | null>[] {
  const fits = (axis: LineAxis, value: number) => axis.scale !== 'log' || value > 0;
  const shown = points
    .filter((point) => fits(x, point.x))
    .flatMap(({ series, x: at, summary, bySeed }) => {
      const ends = summary.interval;
      const interval = ends !== null && fits(y, ends[0]) ? { low: ends[0], high: ends[1] } : { low: null, high: null };
      return [
        { kind: 'mean', series, x: at, value: summary.mean, n: summary.n, ...interval },
        ...[...bySeed].map(([seed, value]) => ({ kind: 'seed', series, x: at, seed, value })),
      ];
    })
    .filter(({ value }) => fits(y, value));
  return [...shown, ...references.map((value) => ({ kind: 'reference', value }))];
}
