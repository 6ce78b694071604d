import type { TrialResult } from '@lomap/results';
import type { TopLevelSpec } from 'vega-lite';
import { distinct, groupBy } from '../../group.ts';
import { metricTitle, taskTitle } from '../../names.ts';
import type { SearchCurve, SearchPoint } from './curves.ts';
import { panelGrid, type Layout, type PanelSpec } from '../../charts/grid.ts';
import { INK, OKABE_ITO, PALE, wrap } from '../../charts/style.ts';
import { dataText, modelsText, seedsText } from '../../charts/subtitle.ts';
import { unitsOf } from '../../readings.ts';

/** Methods in a line: 4, or 3 if they fill their lines so; 2 on a narrow screen. */
function columnsFor(methods: number, narrow: boolean): number {
  if (narrow) return 2;
  return methods % 4 !== 0 && methods % 3 === 0 ? 3 : 4;
}

/**
 * For each task, a small panel for each method: score on the selection split against the learning rate (log scale), the
 * line through the means, each seed a small point, the best rate ringed (those that tie with it thinly), the other
 * methods' lines in grey behind. A rate at which trials collapsed or diverged is marked at the panel's foot.
 * With one axis for all the panels of a task, as many as 26 methods stay readable, which in one panel cover each other.
 */
export function searchChart(
  curves: readonly SearchCurve[],
  results: readonly TrialResult[],
  title: string,
  { abreast }: Layout = {},
): TopLevelSpec {
  const narrow = abreast === 1;
  const columns = columnsFor(distinct(curves.map((curve) => curve.title)).length, narrow);
  const tasks = groupBy(curves, ({ task }) => task);
  const sample = `${dataText(results)}${modelsText(results)}, ${seedsText(results)} a point.`;
  const has = (of: (point: SearchPoint, curve: SearchCurve) => boolean) =>
    curves.some((curve) => curve.points.some((point) => of(point, curve)));
  const legend = [
    'Lines: means. Small points: seeds. Ringed: the best rate.',
    ...(has((point, curve) => ringOf(curve, point) === 'tie') ? ['Thin ring: a rate that ties with it.'] : []),
    ...(has(({ diverged }) => diverged > 0) ? ['Cross: diverged.'] : []),
    ...(has(({ collapsed }) => collapsed > 0) ? ['Triangle: collapsed, counted as 0.'] : []),
    'Grey: the task’s other methods.',
  ];
  return panelGrid({
    title,
    subtitle: `${sample} ${legend.join(' ')}`,
    abreast: 1,
    panels: [...tasks.values()].map((own) => () => taskPanels(own, columns, narrow)),
  });
}

function taskPanels(curves: readonly SearchCurve[], columns: number, narrow: boolean): PanelSpec {
  const { task, metric } = curves[0]!;
  const rates = distinct(curves.flatMap(({ points }) => points.map(({ learningRate }) => learningRate)));
  rates.sort((a, b) => a - b);
  const x = {
    field: 'learningRate',
    type: 'quantitative' as const,
    scale: { type: 'log' as const, domain: [rates[0]! / 1.7, rates.at(-1)! * 1.7], nice: false },
    axis: { values: rates, format: '~e', title: null, labelOverlap: 'greedy' as const },
  };
  const y = {
    field: 'score',
    type: 'quantitative' as const,
    scale: { domain: scoreDomain(curves), nice: false, zero: false },
    axis: { title: null, tickCount: 4 },
  };
  const subtitle = `${metricTitle(metric)} on the selection split (${unitsOf([metric])}), by learning rate (log scale)`;
  const values = valuesOf(curves);
  const means = [{ filter: "datum.kind === 'mean'" }];
  const color = OKABE_ITO[0]!;
  return {
    title: {
      text: taskTitle(task),
      subtitle: wrap(subtitle, narrow ? 40 : 92),
    },
    data: { values },
    facet: {
      field: 'method',
      type: 'nominal',
      sort: distinct(curves.map((curve) => curve.title)),
      header: { title: null, labelAnchor: 'start', labelFontSize: 11, labelColor: INK, labelPadding: 3 },
    },
    columns,
    spacing: { row: 12, column: 16 },
    spec: {
      width: narrow ? 100 : 140,
      height: HEIGHT,
      layer: [
        {
          // Data of its own, and so not divided among the facets.
          data: {
            values: values
              .filter(({ kind }) => kind === 'mean')
              .map(({ method, ...rest }) => ({ ...rest, of: method })),
          },
          mark: { type: 'line', strokeWidth: 1, color: PALE },
          encoding: { x, y, detail: { field: 'of', type: 'nominal' } },
        },
        { transform: means, mark: { type: 'line', strokeWidth: 2, color }, encoding: { x, y } },
        {
          transform: means,
          mark: { type: 'point', filled: true, size: 36, opacity: 1, color },
          encoding: { x, y, tooltip: tips('n', 'seeds') },
        },
        {
          transform: [{ filter: "datum.kind === 'mean' && datum.best" }],
          mark: { type: 'point', filled: false, size: 160, strokeWidth: 2, opacity: 1, color: OKABE_ITO[1]! },
          encoding: { x, y },
        },
        ...(values.some(({ tied }) => tied === true) ? [tieLayer(x, y)] : []),
        ...FAILURES.filter((failure) => values.some(({ kind }) => kind === failure)).map((failure) =>
          failureLayer(failure, x),
        ),
        {
          transform: [{ filter: "datum.kind === 'seed'" }],
          mark: { type: 'point', filled: true, size: 12, opacity: 0.6, color },
          encoding: { x, y, tooltip: tips('seed', 'seed') },
        },
      ],
    },
  };
}

/** All means and seeds, and room for a ring about the highest and the lowest: a ring beyond its panel would lift the title. */
function scoreDomain(curves: readonly SearchCurve[]): [number, number] {
  const values = valuesOf(curves).flatMap(({ score }) => (typeof score === 'number' ? [score] : []));
  const scores = values.length === 0 ? [0] : values;
  const [low, high] = [Math.min(...scores), Math.max(...scores)];
  const room = 0.15 * (high - low || 1);
  return [Number((low - room).toFixed(2)), Number((high + room).toFixed(2))];
}

/** A panel's height, and how far above its foot failures are marked, in pixels. */
const HEIGHT = 84;
const FOOT = 6;

const FAILURES = ['diverged', 'collapsed'] as const;

function tieLayer<X, Y>(x: X, y: Y) {
  return {
    transform: [{ filter: "datum.kind === 'mean' && datum.tied" }],
    mark: { type: 'point' as const, filled: false, size: 160, strokeWidth: 0.8, opacity: 1, color: OKABE_ITO[1]! },
    encoding: { x, y },
  };
}

function failureLayer<X>(failure: (typeof FAILURES)[number], x: X) {
  const shape = failure === 'diverged' ? 'M-1,-1L1,1M-1,1L1,-1' : 'triangle-down';
  return {
    transform: [{ filter: `datum.kind === '${failure}'` }],
    mark: { type: 'point' as const, shape, filled: false, size: 40, strokeWidth: 1.5, opacity: 1, color: INK },
    encoding: {
      ...{ x, y: { value: HEIGHT - FOOT } },
      tooltip: tips('n', `seeds that ${failure}`).filter(({ field }) => field !== 'score'),
    },
  };
}

function tips(field: string, title: string) {
  return [
    { field: 'method', title: 'method', type: 'nominal' as const },
    { field: 'learningRate', title: 'learning rate', type: 'quantitative' as const, format: '~e' },
    { field: 'score', title: 'score', type: 'quantitative' as const, format: '.2f' },
    { field, title, type: 'quantitative' as const },
  ];
}

function valuesOf(curves: readonly SearchCurve[]): Record<string, string | number | boolean>[] {
  return curves.flatMap((curve) =>
    curve.points.flatMap((searched) => {
      const { learningRate, summary, bySeed, seeds, collapsed, collapsedSeeds, diverged } = searched;
      const point = { method: curve.title, learningRate };
      const ring = ringOf(curve, searched);
      const mean = summary === null || collapsed === seeds ? [] : [{ score: summary.mean, n: summary.n }];
      return [
        ...mean.map((own) => ({
          ...{ ...point, kind: 'mean', ...own, best: ring === 'best' },
          ...(ring === 'tie' && { tied: true }),
        })),
        ...[...bySeed]
          .filter(([seed]) => !collapsedSeeds.includes(seed))
          .map(([seed, value]) => ({ ...point, kind: 'seed', seed, score: value })),
        ...(collapsed > 0 ? [{ ...point, kind: 'collapsed', n: collapsed }] : []),
        ...(diverged > 0 ? [{ ...point, kind: 'diverged', n: diverged }] : []),
      ];
    }),
  );
}

/** Whether a rate is the best, or ties with it; a rate that was taken for want of another is none. */
function ringOf({ choice }: SearchCurve, point: SearchPoint): 'best' | 'tie' | '' {
  if (choice === null || choice.forced !== null) return '';
  return point === choice.best ? 'best' : choice.tied.includes(point) ? 'tie' : '';
}
