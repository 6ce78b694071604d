import type { Comparison } from '../comparison.ts';
import { groupBy } from '../group.ts';
import { taskTitle } from '../names.ts';
import { isOfChoice } from './chosen-rates.ts';

const NAMED = 4;

/**
 * What the trials themselves noted (a constant prediction, a non-finite loss), with the first trials that did. How their
 * learning rates were chosen is in the table.
 */
export function trialNotes({ rows }: Comparison): string[] {
  const noted = rows.flatMap(({ title, results }) =>
    results.flatMap(({ trial: { notes, settings } }) =>
      notes
        .filter((note) => !isOfChoice(note))
        .map((note) => ({ note, trial: `${title} on ${taskTitle(settings.task)}, seed ${settings.seed}` })),
    ),
  );
  return [...groupBy(noted, ({ note }) => note)].map(([note, own]) => {
    const named = own.slice(0, NAMED).map(({ trial }) => trial);
    const rest = own.length - named.length;
    return `${note.replace(/\.$/, '')} (${named.join('; ')}${rest > 0 ? `; and ${rest} more` : ''}).`;
  });
}
