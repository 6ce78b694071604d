import type { TrialResult } from '@lomap/results';
import { groupBy } from '../group.ts';
import { compareTasks, taskTitle } from '../names.ts';

/**
 * The sentence that belongs beside scores on a part of a dev split: on how many rows, by task, and whether all trials of
 * a task have as many. Null where every trial scored all rows.
 */
export function devRowsText(results: readonly TrialResult[]): string | null {
  const scored = results.filter(({ trial }) => trial.purpose === 'main');
  if (scored.every(({ trial }) => trial.settings.maxDevSamples === undefined)) return null;
  const tasks = [...groupBy(scored, ({ trial }) => trial.settings.task)].sort(([a], [b]) => compareTasks(a, b));
  const counts = tasks.map(([task, own]) => {
    const rows = [...groupBy(own, ({ trial }) => rowsOf(trial))];
    return { title: taskTitle(task), text: rows.map(([count]) => count).join(' or '), mixed: rows.length > 1 };
  });
  const mixed = counts.filter((count) => count.mixed).map(({ title }) => title);
  return (
    `Scores on a part of dev, for looking, not for concluding: ${counts.map(({ title, text }) => `${title} ${text}`).join('; ')}.` +
    (mixed.length > 0
      ? ` The trials of ${mixed.join(', ')} were not scored on the same rows: do not compare them.`
      : '')
  );
}

/** `200 rows`, or by split where there are several; what was asked for in a result that lacks the counts. */
function rowsOf({ devExamples, settings }: TrialResult['trial']): string {
  if (settings.maxDevSamples === undefined) return 'all rows';
  const counts = Object.entries(devExamples ?? {});
  if (counts.length === 0) return `at most ${settings.maxDevSamples} rows`;
  if (counts.length === 1) return `${counts[0]![1]} rows`;
  return counts.map(([split, count]) => `${count} rows of ${split}`).join(' and ');
}
