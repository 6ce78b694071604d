import type { TrialResult } from '@lomap/results';
import { metricTitle, taskTitle } from '../names.ts';
import { provenanceNotes } from '../notes/provenance.ts';
import { syntheticText } from '../notes/synthetic.ts';
import { FEW_SEEDS } from '../notes/few-seeds.ts';
import type { SearchCurve } from '../search.ts';
import { field, formatScore } from './numbers.ts';
import { left, right, type Table } from './table.ts';

/** The learning-rate search: every rate tried, with its score on the selection split, and which one won. */
export function searchTable(curves: readonly SearchCurve[], results: readonly TrialResult[], title: string): Table {
  const lines = curves.flatMap((curve) => curve.points.map((point) => ({ curve, point })));
  return {
    title,
    sections: [
      {
        caption: 'Score on the selection split in points: mean ± standard deviation (seeds)',
        columns: [left('Method'), left('Task'), right('Learning rate'), right('Score'), left('Best')],
        rows: lines.map(({ curve, point }) => [
          curve.title,
          taskTitle(curve.task),
          point.learningRate.toExponential(),
          formatScore(point.score),
          point.learningRate === curve.best ? 'best' : '',
        ]),
      },
    ],
    records: {
      columns: ['method', 'task', 'metric', 'learning_rate', 'seeds', 'mean', 'standard_deviation', 'best'],
      rows: lines.map(({ curve, point: { learningRate, score } }) => [
        ...[curve.title, taskTitle(curve.task), metricTitle(curve.metric), learningRate],
        ...[score.n, score.mean, score.deviation].map(field),
        learningRate === curve.best ? 1 : 0,
      ]),
    },
    notes: notes(curves, results),
  };
}

function notes(curves: readonly SearchCurve[], results: readonly TrialResult[]): string[] {
  const fewest = Math.min(...curves.flatMap(({ points }) => points.map(({ score }) => score.n)));
  const unfinished = curves
    .filter(({ best }) => best === null)
    .map(({ title, task }) => `${title} on ${taskTitle(task)}`);
  const edges = curves.filter(({ atEdge }) => atEdge).map(({ title, task }) => `${title} on ${taskTitle(task)}`);
  return [
    ...[syntheticText(results)].filter((text) => text !== null),
    'These trials only choose a learning rate, on a selection split of train. None of them has touched dev.',
    ...(fewest < FEW_SEEDS ? [`Few seeds (n = ${fewest}): neighbouring rates may differ by chance.`] : []),
    ...(unfinished.length > 0 ? [`Not finished, so without a best rate: ${unfinished.join(', ')}.`] : []),
    ...(edges.length > 0
      ? [`Best at the edge of the rates tried, so perhaps better outside: ${edges.join(', ')}.`]
      : []),
    ...provenanceNotes(results),
  ];
}
