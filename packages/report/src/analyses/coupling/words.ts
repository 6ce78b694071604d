import type { Comparison, Row } from '../../comparison.ts';
import { findingsOf, type Findings } from '../../findings/findings.ts';
import { listed, type Finding } from '../../findings/words.ts';
import { MAGNITUDE, type Coupling } from './couplings.ts';

/**
 * Whether each coupling helps, for how many updates, and the same for each row. The rows are those of one table, so that
 * Holm's family and what too few seeds cannot show are those of the table, whichever coupling is told.
 */
export function couplingFindings({ coupled, map, magnitude }: Coupling): Findings {
  const titlesOf = (comparison: Comparison | null) => (comparison?.rows ?? []).map(({ title }) => title);
  const joins = [
    { name: 'MAP', titles: titlesOf(map) },
    ...(magnitude === null ? [] : [{ name: MAGNITUDE, titles: titlesOf(magnitude) }]),
  ];
  const found = findingsOf(coupled);
  const meanOf = new Map(coupled.rows.map((row: Row) => [row.title, row.average.difference?.mean ?? 0]));
  const ofJoin = (titles: readonly string[]) => found.rows.filter(({ title }) => titles.includes(title));
  const said = joins.map(({ name, titles }) => `Coupled with ${name}: ${countedOf(ofJoin(titles), meanOf)}.`);
  const rows = joins.flatMap(({ titles }) => ofJoin(titles));
  return { ...found, headline: said.join(' '), rows, byTask: [] };
}

function countedOf(rows: readonly Finding[], meanOf: ReadonlyMap<string, number>): string {
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
