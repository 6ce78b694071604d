import type { Comparison, Row } from '../comparison.ts';
import { findingsOf } from '../findings/findings.ts';
import { listed } from '../findings/words.ts';
import { syntheticText } from '../notes/synthetic.ts';

/** Whether a coupling helps, for how many updates, and the same for each in words. */
export function couplingFindings(coupled: Comparison, join: string): string[] {
  const { rows, cautions } = findingsOf(coupled);
  const meanOf = new Map(coupled.rows.map((row: Row) => [row.title, row.average.difference?.mean ?? 0]));
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
  const synthetic = syntheticText(coupled.results);
  return [
    `Coupled with ${join}: ${said.join('; ')}.`,
    ...cautions.filter((text) => text !== synthetic),
    ...rows.map(({ title, baseline, numbers, meaning }) => `${title} against ${baseline}: ${numbers}. ${meaning}`),
  ];
}
