import type { TrialResult } from '@lomap/results';
import type { TopLevelSpec } from 'vega-lite';
import { distinct } from '../group.ts';
import { metricTitle, taskTitle } from '../names.ts';
import type { SearchCurve } from '../search.ts';
import { colours, config, SCHEMA, wrap } from './style.ts';
import { modelsText, seedsText } from './subtitle.ts';

/**
 * A panel for each task: score on the selection split against the learning rate (log scale), a line for each method
 * through the means, each seed as a small point, the best rate ringed.
 */
export function searchChart(
  curves: readonly SearchCurve[],
  results: readonly TrialResult[],
  title: string,
): TopLevelSpec {
  const panelOf = ({ task, metric }: SearchCurve) => `${taskTitle(task)}, ${metricTitle(metric)}`;
  const values = curves.flatMap((curve) =>
    curve.points.flatMap(({ learningRate, score, bySeed }) => {
      const point = { panel: panelOf(curve), method: curve.title, learningRate };
      return [
        { ...point, kind: 'mean', score: score.mean, n: score.n, best: learningRate === curve.best },
        ...[...bySeed].map(([seed, value]) => ({ ...point, kind: 'seed', seed, score: value })),
      ];
    }),
  );
  const panels = distinct(curves.map(panelOf));
  const titles = distinct(curves.map((curve) => curve.title));
  const rates = distinct(values.map(({ learningRate }) => learningRate)).sort((a, b) => a - b);
  const domain: number[] = [rates[0]! / 1.4, rates.at(-1)! * 1.4];
  const scale = colours(titles);
  const encoding = {
    x: {
      field: 'learningRate',
      type: 'quantitative',
      scale: { type: 'log', domain, nice: false },
      axis: { values: rates, format: '~e', title: 'learning rate (log scale)', grid: true },
    },
    y: { field: 'score', type: 'quantitative', scale: { zero: false }, title: 'score on the selection split (points)' },
    color: { field: 'method', type: 'nominal', scale, legend: { title: null, symbolType: 'circle' } },
    shape: { field: 'method', type: 'nominal', scale: { domain: titles }, legend: { title: null } },
  } as const;
  const { shape, ...plain } = encoding;
  const onlyMeans = [{ filter: "datum.kind === 'mean'" }];
  const subtitle = `${modelsText(results)}, ${seedsText(results)}. Lines: means. Small points: seeds. Ringed: the best rate.`;
  return {
    $schema: SCHEMA,
    title: { text: title, subtitle: wrap(subtitle, panels.length === 1 ? 60 : 92) },
    data: { values },
    facet: { field: 'panel', type: 'nominal', sort: panels, title: null },
    columns: 3,
    spacing: { row: 24, column: 22 },
    spec: {
      width: panels.length === 1 ? 400 : 230,
      height: panels.length === 1 ? 260 : 200,
      layer: [
        { transform: onlyMeans, mark: { type: 'line', strokeWidth: 2 }, encoding: plain },
        { transform: onlyMeans, mark: { type: 'point', filled: true, size: 70, opacity: 1 }, encoding: { ...plain, shape } },
        {
          transform: [{ filter: "datum.kind === 'mean' && datum.best" }],
          mark: { type: 'point', filled: false, shape: 'circle', size: 240, strokeWidth: 2, opacity: 1 },
          encoding: plain,
        },
        {
          transform: [{ filter: "datum.kind === 'seed'" }],
          mark: { type: 'point', filled: true, shape: 'circle', size: 16, opacity: 0.6 },
          encoding: plain,
        },
      ],
    },
    resolve: { scale: { y: 'independent' } },
    config,
  };
}
