import type { TrialResult } from '@lomap/results';
import type { TopLevelSpec } from 'vega-lite';
import { distinct, groupBy } from '../group.ts';
import { metricTitle, taskTitle } from '../names.ts';
import type { SearchCurve } from '../search.ts';
import { panelGrid, type Layout, type PanelSpec } from './grid.ts';
import { colours } from './style.ts';
import { dataText, modelsText, seedsText } from './subtitle.ts';

/**
 * A panel for each task: score on the selection split against the learning rate (log scale), a line for each method
 * through the means, each seed as a small point, the best rate ringed.
 */
export function searchChart(
  curves: readonly SearchCurve[],
  results: readonly TrialResult[],
  title: string,
  { abreast }: Layout = {},
): TopLevelSpec {
  const methods = distinct(curves.map((curve) => curve.title));
  const tasks = groupBy(curves, ({ task }) => task);
  const sample = `${dataText(results)}${modelsText(results)}, ${seedsText(results)} a point.`;
  return panelGrid({
    ...{ title, abreast },
    subtitle: `${sample} Lines: means. Small points: seeds. Ringed: the best rate.`,
    panels: [...tasks.values()].map(
      (own) =>
        ({ alone, first }) =>
          panelSpec(own, methods, alone, first),
    ),
  });
}

function panelSpec(
  curves: readonly SearchCurve[],
  methods: readonly string[],
  alone: boolean,
  first: boolean,
): PanelSpec {
  const rates = distinct(curves.flatMap(({ points }) => points.map(({ learningRate }) => learningRate)));
  rates.sort((a, b) => a - b);
  const domain: number[] = [rates[0]! / 1.4, rates.at(-1)! * 1.4];
  const encoding = {
    x: {
      field: 'learningRate',
      type: 'quantitative' as const,
      scale: { type: 'log' as const, domain, nice: false },
      axis: { values: rates, format: '~e', title: 'learning rate (log scale)' },
    },
    y: {
      field: 'score',
      type: 'quantitative' as const,
      scale: { zero: false },
      axis: { title: first ? 'score (points)' : null },
    },
    color: { field: 'method', type: 'nominal' as const, scale: colours(methods), legend: { title: null } },
  };
  const shape = { field: 'method', type: 'nominal' as const, scale: { domain: [...methods] }, legend: { title: null } };
  const means = [{ filter: "datum.kind === 'mean'" }];
  return {
    title: { text: taskTitle(curves[0]!.task), subtitle: `${metricTitle(curves[0]!.metric)} on the selection split` },
    data: { values: valuesOf(curves) },
    width: alone ? 400 : 220,
    height: alone ? 260 : 200,
    layer: [
      { transform: means, mark: { type: 'line', strokeWidth: 2 }, encoding },
      {
        transform: means,
        mark: { type: 'point', filled: true, size: 70, opacity: 1 },
        encoding: { ...encoding, shape, tooltip: tips('n', 'seeds') },
      },
      {
        transform: [{ filter: "datum.kind === 'mean' && datum.best" }],
        mark: { type: 'point', filled: false, shape: 'circle', size: 240, strokeWidth: 2, opacity: 1 },
        encoding,
      },
      {
        transform: [{ filter: "datum.kind === 'seed'" }],
        mark: { type: 'point', filled: true, shape: 'circle', size: 16, opacity: 0.6 },
        encoding: { ...encoding, tooltip: tips('seed', 'seed') },
      },
    ],
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
    curve.points.flatMap(({ learningRate, score, bySeed }) => {
      const point = { method: curve.title, learningRate };
      return [
        { ...point, kind: 'mean', score: score.mean, n: score.n, best: learningRate === curve.best },
        ...[...bySeed].map(([seed, value]) => ({ ...point, kind: 'seed', seed, score: value })),
      ];
    }),
  );
}
