import type { Trial } from '@lomap/results';
import type { Comparison } from '../comparison.ts';
import { groupBy } from '../group.ts';
import { taskTitle } from '../names.ts';

/** How a search chose a trial's learning rate. */
export interface ChosenRate {
  /** The rates that were tried, ascending. */
  readonly tried: readonly number[];
  /** The end of them that the chosen one is at; null inside. */
  readonly edge: 'smallest' | 'largest' | null;
}

const CHOSEN = /^learning rate \S+ chosen on the selection split of \S+ from (.+)$/;
const AT_EDGE = /^the chosen learning rate is the (smallest|largest) of the search space/;

/** What a trial noted of the choice of its learning rate, as the runner words it; null where nothing was chosen. */
export function chosenRate({ notes }: Pick<Trial, 'notes'>): ChosenRate | null {
  const tried = notes.flatMap((note) => CHOSEN.exec(note)?.[1] ?? [])[0];
  if (tried === undefined) return null;
  const edge = notes.flatMap((note) => AT_EDGE.exec(note)?.[1] ?? [])[0] as ChosenRate['edge'] | undefined;
  return { tried: tried.split(', ').map(Number), edge: edge ?? null };
}

/** Whether a note is of the choice of a learning rate, which a table has in a column. */
export function isOfChoice(note: string): boolean {
  return CHOSEN.test(note) || AT_EDGE.test(note);
}

/** Among which rates the search chose, what most rows had first; none where nothing was chosen. */
export function searchedRates({ rows }: Comparison): string[] {
  const cells = rows.flatMap(({ title, results }) =>
    [...groupBy(results, ({ trial }) => trial.settings.task)].flatMap(([task, own]) =>
      own.slice(0, 1).flatMap(({ trial }) => {
        const chosen = chosenRate(trial);
        return chosen === null
          ? []
          : [
              {
                cell: `${title} on ${taskTitle(task)}`,
                tried: ratesText(chosen.tried),
              },
            ];
      }),
    ),
  );
  if (cells.length === 0) return [];
  const [[most], ...others] = [...groupBy(cells, ({ tried }) => tried)].sort(([, a], [, b]) => b.length - a.length) as [
    [string, typeof cells],
    ...[string, typeof cells][],
  ];
  const apart = others.map(([tried, own]) => `${own.map(({ cell }) => cell).join(', ')} from ${tried}`);
  return [
    `Learning rates were chosen on a selection split of train, from ${most}${apart.length === 0 ? '' : `; ${apart.join('; ')}`}. ` +
      'Where the one chosen is at an edge, a better one may lie outside.',
  ];
}

function ratesText(rates: readonly number[]): string {
  return rates.map((rate) => rate.toExponential()).join(', ');
}
