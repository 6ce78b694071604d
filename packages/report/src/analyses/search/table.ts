import { collapsedOnSelection, LEAST_DEVIATION, type TrialResult } from '@lomap/results';
import { groupBy } from '../../group.ts';
import { metricTitle, taskTitle } from '../../names.ts';
import { provenanceNotes } from '../../notes/provenance.ts';
import { syntheticText } from '../../notes/synthetic.ts';
import { FEW_SEEDS } from '../../notes/few-seeds.ts';
import type { SearchCurve, SearchPoint } from './curves.ts';
import { counted, field, formatScore, NOTHING } from '../../tables/numbers.ts';
import { left, right, type Table } from '../../tables/table.ts';
import { unitsOf } from '../../readings.ts';

/** The learning-rate search: every rate tried, what became of it on the selection split, and which one was chosen. */
export function searchTable(curves: readonly SearchCurve[], results: readonly TrialResult[], title: string): Table {
  const lines = curves.flatMap((curve) => curve.points.map((point) => ({ curve, point })));
  return {
    title,
    sections: [
      {
        caption: `Score on the selection split in ${unitsOf(curves.map(({ metric }) => metric))}: mean ± standard deviation (seeds)`,
        columns: [left('Method'), left('Task'), right('Learning rate'), right('Score'), left('Best')],
        rows: lines.map(({ curve, point }) => [
          curve.title,
          taskTitle(curve.task),
          point.learningRate.toExponential(),
          outcomeText(point),
          bestText(curve, point),
        ]),
      },
    ],
    records: {
      columns: [
        ...['method', 'task', 'metric', 'learning_rate', 'seeds', 'mean', 'standard_deviation', 'best'],
        ...['tied', 'collapsed', 'diverged'],
      ],
      rows: lines.map(({ curve, point }) => [
        ...[curve.title, taskTitle(curve.task), metricTitle(curve.metric), point.learningRate],
        ...[point.summary?.n ?? 0, point.summary?.mean, point.summary?.deviation].map(field),
        point === curve.choice?.best ? 1 : 0,
        ...[isTied(curve, point) ? 1 : 0, point.collapsed, point.diverged],
      ]),
    },
    notes: notes(curves, results),
  };
}

/** The score, or that the trials collapsed or diverged: `70.10 (1); 1 of 2 diverged`. */
function outcomeText({ summary, seeds, collapsed, diverged }: SearchPoint): string {
  if (collapsed === seeds || diverged === seeds) return `${diverged === seeds ? 'diverged' : 'collapsed'} (${seeds})`;
  const failed = [
    ...(collapsed > 0 ? [`${collapsed} of ${seeds} collapsed`] : []),
    ...(diverged > 0 ? [`${diverged} of ${seeds} diverged`] : []),
  ];
  return [summary === null ? NOTHING : formatScore(summary), ...failed].join('; ');
}

function isTied({ choice }: SearchCurve, point: SearchPoint): boolean {
  return choice !== null && choice.tied.length > 1 && choice.tied.includes(point);
}

function bestText(curve: SearchCurve, point: SearchPoint): string {
  const { choice } = curve;
  if (choice === null) return '';
  const tie = isTied(curve, point) ? `tie of ${choice.tied.length}` : '';
  if (point !== choice.best) return choice.forced === null ? tie : '';
  const best = choice.edge === null ? 'best' : 'best (edge)';
  return choice.forced === null ? [best, tie].filter((text) => text !== '').join(', ') : 'taken for want of another';
}

function notes(curves: readonly SearchCurve[], results: readonly TrialResult[]): string[] {
  const fewest = Math.min(...curves.flatMap(({ points }) => points.map(({ seeds }) => seeds)));
  const where = (keep: (curve: SearchCurve) => boolean) =>
    curves.filter(keep).map((curve) => `${curve.title} on ${taskTitle(curve.task)}`);
  const unfinished = where(({ choice }) => choice === null);
  const forced = where(({ choice }) => choice !== null && choice.forced !== null);
  const edges = curves.some(({ choice }) => choice !== null && choice.edge !== null);
  const decided = ({ choice }: SearchCurve) => choice !== null && choice.forced === null && choice.tied.length > 1;
  const ties = curves.some((curve) => decided(curve) && !curve.choice!.undecided);
  const undecided = where((curve) => decided(curve) && curve.choice!.undecided);
  return [
    ...[syntheticText(results)].filter((text) => text !== null),
    'These trials only choose a learning rate, on a selection split of train. None of them has touched dev.',
    ...(fewest < FEW_SEEDS ? [`Few seeds (n = ${fewest}): neighbouring rates may differ by chance.`] : []),
    ...(unfinished.length > 0 ? [`Not finished, so without a best rate: ${unfinished.join(', ')}.`] : []),
    ...(forced.length > 0
      ? [
          `Every rate collapsed, diverged or has no score, so that nothing speaks for the one taken: ${forced.join(', ')}.`,
        ]
      : []),
    ...(ties ? ['Of rates that tie the smallest is taken.'] : []),
    ...(undecided.length > 0
      ? [
          `All rates that have a score tie, so the search does not tell them apart and the smallest is taken: ${undecided.join(', ')}.`,
        ]
      : []),
    ...(edges
      ? ['Edge: the best of the rates tried is the smallest or the largest of them, so a better one may lie outside.']
      : []),
    ...failureNotes(curves, results),
    ...spaceNotes(curves),
    ...provenanceNotes(results),
  ];
}

/** What collapsed and diverged mean here, and of how many trials nobody knows. */
function failureNotes(curves: readonly SearchCurve[], results: readonly TrialResult[]): string[] {
  const count = (of: 'collapsed' | 'diverged') =>
    curves.reduce((sum, { points }) => sum + points.reduce((own, point) => own + point[of], 0), 0);
  const [collapsed, diverged] = [count('collapsed'), count('diverged')];
  const unknown = results.filter(({ trial }) => trial.selectionScore !== null && collapsedOnSelection(trial) === null);
  return [
    ...(collapsed > 0
      ? [
          `Collapsed: ${counted(collapsed, 'trial')} whose predictions on the selection split hardly vary (one class for every example, or a ` +
            `regression’s with a standard deviation below ${LEAST_DEVIATION}). Each counts as score 0, and a rate at which every ` +
            'seed collapsed is taken only where no other is left.',
        ]
      : []),
    ...(diverged > 0
      ? [
          `Diverged: ${counted(diverged, 'trial')} whose loss or gradients were no longer finite. A rate at which a seed diverged is not chosen.`,
        ]
      : []),
    ...(unknown.length > 0 && unknown.length < results.length
      ? [`Whether they collapsed was not recorded of ${unknown.length} of ${counted(results.length, 'trial')}.`]
      : []),
  ];
}

/** That the methods of a task did not all try the same rates. */
function spaceNotes(curves: readonly SearchCurve[]): string[] {
  return [...groupBy(curves, ({ task }) => task)].flatMap(([task, own]) => {
    const spaces = groupBy(own, ({ points }) =>
      points.map(({ learningRate }) => learningRate.toExponential()).join(', '),
    );
    if (spaces.size < 2) return [];
    const ordered = [...spaces].sort(([, a], [, b]) => a.length - b.length);
    const said = ordered.map(([rates, of], i) => {
      const rest = i === ordered.length - 1 && of.length > 6;
      return `${rest ? 'the others' : of.map(({ title }) => title).join(', ')} tried ${rates}`;
    });
    return [`Unequal search on ${taskTitle(task)}: ${said.join('; ')}.`];
  });
}
