import type { TrialResult } from '@lomap/results';
import { summarize, type Summary } from '@lomap/statistics';
import { distinct } from '../../group.ts';
import { metricTitle, taskTitle } from '../../names.ts';
import { failureLines } from '../../notes/failures.ts';
import { provenanceNotes } from '../../notes/provenance.ts';
import { syntheticText } from '../../notes/synthetic.ts';
import { field, formatScore } from '../../tables/numbers.ts';
import { left, right, type Table } from '../../tables/table.ts';
import { UPDATE_NORM } from './kinds.ts';
import type { Measured, MeasuredRow } from './measured.ts';
import { printed, unitsOf } from '../../readings.ts';

/**
 * What every method ended as at every learning rate, task by task: score on dev, ‖ΔW‖ and forgetting, all with the
 * weights that dev was scored with. It has no differences: at one learning rate methods are not trained alike.
 */
export function ratesTable(measured: Measured, title: string): Table {
  const { kinds, tasks, rows, floors, results, protocols } = measured;
  const lines = tasks.flatMap(({ task, metric }) =>
    [...floors, ...rows].flatMap((row) => ratesOf(row, task).map((own) => ({ ...own, row, task, metric }))),
  );
  const values = lines.map((line) => ({
    line,
    score: summaryOf(line.results, ({ trial }) =>
      trial.primary.value === null ? null : printed(trial.primary.metric, trial.primary.value),
    ),
    norm: summaryOf(line.results, (result) => chosenScores(result)?.[UPDATE_NORM] ?? null),
    forgotten: kinds.map((kind) =>
      summaryOf(line.results, (result) => {
        const scores = chosenScores(result);
        return scores === null ? null : kind.forgotten(result.trial, scores);
      }),
    ),
  }));
  const synthetic = syntheticText(results);
  return {
    title,
    sections: tasks.map(({ task, metric }) => ({
      name: task,
      caption: `${taskTitle(task)}: score on dev in ${unitsOf([metric])} (${metricTitle(metric)}), ‖ΔW‖ and forgetting with the same weights, mean ± standard deviation (seeds)`,
      columns: [
        ...[left('Method'), right('Learning rate'), right('Score'), right('‖ΔW‖')],
        ...kinds.map(({ what, unit }) => right(`Forgotten of ${what} (${unit})`)),
      ],
      rows: values
        .filter(({ line }) => line.task === task)
        .map(({ line, score, norm, forgotten }) => [
          ...[line.row.title, line.rate.toExponential(), formatScore(score), formatScore(norm, 3)],
          ...forgotten.map((summary, k) => formatScore(summary, kinds[k]!.decimals)),
        ]),
    })),
    records: {
      columns: ['method', 'task', 'learning_rate', 'quantity', 'unit', 'seeds', 'mean', 'standard_deviation'],
      rows: values.flatMap(({ line, score, norm, forgotten }) =>
        [
          { quantity: `dev ${line.metric}`, unit: unitsOf([line.metric]), summary: score },
          { quantity: 'update norm', unit: '', summary: norm },
          ...kinds.map(({ key, unit }, k) => ({ quantity: key, unit, summary: forgotten[k]! })),
        ].map(({ quantity, unit, summary }) => [
          ...[line.row.title, taskTitle(line.task), line.rate, quantity, unit],
          ...[summary?.n ?? 0, summary?.mean, summary?.deviation].map(field),
        ]),
      ),
    },
    protocols,
    notes: [
      ...protocols,
      ...(synthetic === null ? [] : [synthetic]),
      ...failureLines([...floors, ...rows], measured.diverged),
      'Every method was trained at every learning rate, none of which was chosen: this is no comparison of methods.',
      'Forgetting is what was there before training minus what is left, so more is worse.',
      ...provenanceNotes(results),
    ],
  };
}

function ratesOf(row: MeasuredRow, task: string): { rate: number; results: TrialResult[] }[] {
  const own = row.results.filter(({ trial }) => trial.settings.task === task);
  const rates = distinct(own.map(({ trial }) => trial.settings.training.learningRate)).sort((a, b) => a - b);
  return rates.map((rate) => ({
    rate,
    results: own.filter(({ trial }) => trial.settings.training.learningRate === rate),
  }));
}

/** The scores of the epoch whose weights were kept, or of the last one. */
function chosenScores({ trial: { epochs, chosenEpoch } }: TrialResult) {
  return (epochs.find(({ epoch }) => epoch === chosenEpoch) ?? epochs.at(-1))?.scores ?? null;
}

function summaryOf(results: readonly TrialResult[], of: (result: TrialResult) => number | null): Summary | null {
  return summarize(results.map(of).filter((value) => value !== null));
}
