import { smallestSignFlipP } from '../statistics/sign-flip.ts';
import type { Summary } from '../statistics/summary.ts';
import { formatDifference, formatInterval, formatP } from '../tables/numbers.ts';
import { LEVEL, smallestHolmP, type Verdict } from './verdict.ts';

/** A verdict in two or three words. */
export const VERDICTS: Readonly<Record<Verdict, string>> = {
  unpaired: 'not comparable',
  'one-seed': 'one seed',
  identical: 'identical scores',
  exceeds: 'exceeds seed noise',
  'test-alone': 'test and interval disagree',
  'lost-to-holm': 'not after Holm',
  'interval-unreachable': 'interval only, too few seeds to test',
  'interval-alone': 'interval only',
  'interval-untested': 'interval only, not tested',
  undistinguished: 'not distinguishable',
};

/** A difference to be put into words. */
export interface Told {
  readonly title: string;
  readonly baseline: string;
  /** `on STS-B`, `over the 4 tasks`. */
  readonly where: string;
  readonly difference: Summary | null;
  readonly p: number | null;
  readonly pHolm: number | null;
  /** The rows that Holm's adjustment is over. */
  readonly family: number;
  readonly verdict: Verdict;
}

/** `+0.31 points, 95 % t interval [−0.98, +1.60], n = 3 seeds, sign-flip p = 0.250 (0.750 after Holm over 3 rows)`. */
export function numbersOf({ difference, p, pHolm, family }: Told): string {
  if (difference === null) return 'no pair of trials';
  const interval = formatInterval(difference);
  return [
    `${pointsOf(difference)} points`,
    ...(interval === '' ? [] : [`95 % t interval ${interval}`]),
    `n = ${seeds(difference.n)}`,
    ...(p === null || difference.n < 2
      ? []
      : [`sign-flip p ${equals(p)}${family > 1 ? ` (${formatP(pHolm)} after Holm over ${family} rows)` : ''}`]),
  ].join(', ');
}

/** What the verdict means for this difference, in whole sentences. */
export function meaningOf(told: Told): string {
  const { title, baseline, where, difference, p, pHolm, family, verdict } = told;
  if (difference === null) return `No seed has both ${title} and ${baseline} ${where}: there is nothing to compare.`;
  const { n, mean } = difference;
  const direction = mean > 0 ? `above ${baseline}` : `below ${baseline}`;
  switch (verdict) {
    case 'unpaired':
      return `No seed has both ${title} and ${baseline} ${where}: there is nothing to compare.`;
    case 'one-seed':
      return 'One seed shows no seed noise, so nothing tells how much of this difference is noise.';
    case 'identical':
      return `The scores are the same in every seed: in these trials the change from ${baseline} had no effect on them.`;
    case 'exceeds':
      return `${title} is ${direction} ${where} by more than seed noise: the interval excludes 0, and the test holds after Holm.`;
    case 'test-alone':
      return `The test gives p ${equals(pHolm)} after Holm, but the interval contains 0. They disagree, so this is not counted as more than seed noise.`;
    case 'lost-to-holm':
      return `By itself p ${equals(p)} would count, but over the ${family} rows of this table it does not (${formatP(pHolm)}): not shown to exceed seed noise with n = ${seeds(n)}${incapable(n, family)}.`;
    case 'interval-unreachable':
      return `The t interval excludes 0, but it assumes normal differences. The sign-flip test, which does not, cannot confirm it: with n = ${seeds(n)} its p is never below ${formatP(smallestSignFlipP(n))}. Not shown to exceed seed noise; more seeds would tell.`;
    case 'interval-alone':
      return `The t interval excludes 0, but the sign-flip test, which n = ${seeds(n)} could have passed, gives p ${equals(p)}. They disagree, so this is not counted as more than seed noise.`;
    case 'interval-untested':
      return `${title} is ${direction} ${where} by the t interval. The exact test is not made for ${n} pairs, so this is not counted as more than seed noise.`;
    case 'undistinguished':
      return `Not distinguishable from seed noise with n = ${seeds(n)}${incapable(n, family)}. That does not show that the two are equal.`;
  }
}

/** Why n seeds could not have shown a difference, whatever they are; empty if they could. */
function incapable(n: number, family: number): string {
  const alone = smallestSignFlipP(n);
  if (alone > LEVEL) return `, which cannot show a difference (the smallest p they can give is ${formatP(alone)})`;
  const adjusted = smallestHolmP(n, family);
  if (adjusted <= LEVEL) return '';
  return `, which cannot show one of ${family} differences (the smallest p after Holm is ${formatP(adjusted)})`;
}

/** `+0.31 [−0.98, +1.60], n = 3`. */
export function briefly(difference: Summary): string {
  return formatDifference(difference).replace(/ \((\d+)\)$/, ', n = $1');
}

export function seeds(n: number): string {
  return `${n} ${n === 1 ? 'seed' : 'seeds'}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)!}`;
}

function pointsOf(difference: Summary): string {
  return formatDifference({ ...difference, interval: null }).split(' ')[0]!;
}

function equals(p: number | null): string {
  const text = formatP(p);
  return text.startsWith('<') ? text : `= ${text}`;
}
