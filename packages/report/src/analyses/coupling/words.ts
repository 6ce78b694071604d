import type { Comparison, Row } from '../../comparison.ts';
import { findingsOf, type Finding } from '../../findings/findings.ts';
import { listed } from '../../findings/words.ts';
import { syntheticText } from '../../notes/synthetic.ts';

/** The rows of one coupling, by title, and what it is called. */
export interface Joined {
  readonly name: string;
  readonly titles: readonly string[];
}

/**
 * Whether each coupling helps, for how many updates, and the same for each row in words. The rows are those of one table,
 * so that Holm's family and what too few seeds cannot show are those of the table, whichever coupling is told.
 */
export function couplingFindings(coupled: Comparison, joins: readonly Joined[]): string[] {
  const { rows, cautions } = findingsOf(coupled);
  const meanOf = new Map(coupled.rows.map((row: Row) => [row.title, row.average.difference?.mean ?? 0]));
  const synthetic = syntheticText(coupled.results);
  return [
    ...(synthetic === null ? [] : [synthetic]),
    ...cautions.filter((text) => text !== synthetic),
    ...joins.flatMap(({ name, titles }) => {
      const own = rows.filter(({ title }) => titles.includes(title));
      return [
        `Coupled with ${name}: ${counted(own, meanOf)}.`,
        ...own.map(({ title, baseline, numbers, meaning }) => `${title} against ${baseline}: ${numbers}. ${meaning}`),
      ];
    }),
  ];
}

function counted(rows: readonly Finding[], meanOf: ReadonlyMap<string, number>): string {
  const titles = (keep: (verdict: string, mean: number) => boolean) =>
    rows.filter(({ title, verdict }) => keep(verdict, meanOf.get(title)!)).map(({ title }) => title);
  const counts = [
    ['above the plain update by more than seed noise', titles((verdict, mean) => verdict === 'exceeds' && mean > 0)],
    ['below it by more than seed noise', titles((verdict, mean) => verdict === 'exceeds' && mean < 0)],
    ['equal to it by two one-sided tests', titles((verdict) => verdict === 'equivalent')],
    ['not shown to differ', titles((verdict) => !['exceeds', 'equivalent'].includes(verdict))],
  ] as const;
  const said = counts.map(
    ([what, own]) => `${own.length} of ${rows.length} ${what}${own.length === 0 ? '' : ` (${listed(own)})`}`,
  );
  return said.join('; ');
}
