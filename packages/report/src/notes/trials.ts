import type { TrialResult } from '@lomap/results';
import type { Comparison, Row } from '../comparison.ts';
import { distinct, groupBy } from '../group.ts';
import { taskTitle } from '../names.ts';
import { isOfChoice } from './chosen-rates.ts';

/** The most rows and tasks that are named for a note. */
const NAMED = 4;

/**
 * What the trials themselves noted (a constant prediction, a non-finite loss), with the rows, tasks and seeds that did. How
 * their learning rates were chosen is in the table.
 */
export function trialNotes({ rows, results }: Comparison): string[] {
  const noted = rows.flatMap((row) =>
    row.results.flatMap((result) =>
      result.trial.notes.filter((note) => !isOfChoice(note)).map((note) => ({ note, row, result })),
    ),
  );
  return [...groupBy(noted, ({ note }) => note)].map(([note, own]) => {
    const trials = new Set(own.map(({ result }) => result));
    const places = distinct(own.map(({ row }) => row)).flatMap((row) => placesOf(row, trials));
    const rest = places.slice(NAMED).reduce((sum, { count }) => sum + count, 0);
    const named = places.slice(0, NAMED).map(({ text }) => text);
    const where =
      trials.size === results.length ? 'every trial' : [...named, ...(rest > 0 ? [`and ${rest} more`] : [])].join('; ');
    return `${note.replace(/\.$/, '')} (${where}).`;
  });
}

/** `LoMAP`, where all of the row's trials are among these; else by task, with the seeds where not all of it are. */
function placesOf({ title, results }: Row, trials: ReadonlySet<TrialResult>): { text: string; count: number }[] {
  if (results.every((result) => trials.has(result))) return [{ text: title, count: results.length }];
  return [...groupBy(results, ({ trial }) => trial.settings.task)].flatMap(([task, all]) => {
    const own = all.filter((result) => trials.has(result));
    if (own.length === 0) return [];
    const text = `${title} on ${taskTitle(task)}`;
    const seeds = own.map(({ trial }) => trial.settings.seed);
    const which = own.length === all.length ? '' : `, ${seeds.length === 1 ? 'seed' : 'seeds'} ${seeds.join(', ')}`;
    return [{ text: text + which, count: own.length }];
  });
}
