import { collapsedOnDev, LEAST_DEVIATION, type DivergedTrial, type TrialResult } from '@lomap/results';
import { distinct, groupBy } from '../group.ts';
import { compareTasks, methodTitle, taskTitle } from '../names.ts';

interface Trials {
  readonly title: string;
  readonly results: readonly TrialResult[];
}

/** What went wrong in trials of a table: constant predictions, whose score is a constant's, and divergence. */
export function failureLines(rows: readonly Trials[], diverged: readonly DivergedTrial[]): string[] {
  const groups = groupBy(diverged, ({ settings }) => JSON.stringify([settings.method.label, settings.task]));
  const lost = [...groups.values()].map((own) => {
    const { method, task } = own[0]!.settings;
    return `${methodTitle(method.label)} on ${taskTitle(task)}, ${own.length === 1 ? 'seed' : 'seeds'} ${own.map(({ settings }) => settings.seed).join(', ')}`;
  });
  return [
    ...constantLines(rows),
    ...(lost.length === 0 ? [] : [`Diverged, and so without a score: ${lost.join('; ')}.`]),
  ];
}

/**
 * The rows and tasks whose predictions on dev hardly vary, with how many seeds: their score is the majority's rate, or
 * that of a constant. Trials that do not say so of themselves are not counted.
 */
export function constantLines(rows: readonly Trials[]): string[] {
  const named = rows.flatMap(({ title, results }) =>
    [...groupBy(results, ({ trial }) => trial.settings.task)]
      .sort(([a], [b]) => compareTasks(a, b))
      .flatMap(([task, own]) => {
        const constant = own.filter(({ trial }) => collapsedOnDev(trial) === true);
        return constant.length === 0 ? [] : [`${title} on ${taskTitle(task)}, ${countText(constant, own)}`];
      }),
  );
  return named.length === 0
    ? []
    : [
        `Constant predictions on dev (one class for every example, or a regression’s with a standard deviation below ${LEAST_DEVIATION}), ` +
          `so that the score is a constant’s: ${named.join('; ')}.`,
      ];
}

/** `2 of 3 seeds`; of trials where a seed has several, at different learning rates. */
function countText(some: readonly TrialResult[], all: readonly TrialResult[]): string {
  const seeds = distinct(all.map(({ trial }) => trial.settings.seed)).length;
  const what = seeds === all.length ? 'seed' : 'trial';
  return `${some.length} of ${all.length} ${what}${all.length === 1 ? '' : 's'}`;
}
