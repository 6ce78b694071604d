import { EQUIVALENCE_MARGIN, smallestSignFlipP, type Summary } from '@lomap/statistics';
import { formatDifference, formatInterval, formatP } from '../tables/numbers.ts';
import { LEVEL, smallestHolmP, type Verdict } from './verdict.ts';

/** A verdict in two or three words. */
export const VERDICTS: Readonly<Record<Verdict, string>> = {
  unequal: 'not compared: unequal protocols',
  unpaired: 'not comparable',
  'one-seed': 'one seed',
  identical: 'identical scores',
  exceeds: 'exceeds seed noise',
  'test-alone': 'test and interval disagree',
  'lost-to-holm': 'not after Holm',
  'interval-unreachable': 'interval only, too few seeds to test',
  'interval-alone': 'interval only',
  'interval-untested': 'interval only, not tested',
  equivalent: `equal within ±${EQUIVALENCE_MARGIN} points`,
  undistinguished: 'not distinguishable',
};

/** Below this many seeds a 95 % BCa interval of normal differences covers less than 92 % (`bcaInterval`). */
const FEW_TO_BOOTSTRAP = 20;

/** Points: a bootstrap limit may be a difference of two equal scores. */
const ROUNDING = 1e-9;

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
  /** The settings besides the methods in which the two differ; absent where there are none. */
  readonly differing?: readonly string[];
  /** What is known of a primary endpoint in points besides; absent elsewhere. */
  readonly primary?: {
    readonly bca: readonly [low: number, high: number] | null;
    readonly pEquivalent: number | null;
    readonly pEquivalentHolm: number | null;
  };
}

/**
 * `+0.31 points, 95 % t interval [−0.98, +1.60], BCa [−0.21, +0.80], n = 3 seeds, sign-flip p = 0.250 (0.750 after Holm
 * over 3 rows), within ±0.3 p = 0.510 (1.000 after Holm)`.
 */
export function numbersOf({ difference, p, pHolm, family, verdict, primary }: Told): string {
  if (difference === null) return verdict === 'unequal' ? 'not compared' : 'no pair of trials';
  const interval = formatInterval(difference);
  const bca = formatInterval({ interval: primary?.bca ?? null });
  const equivalent = primary?.pEquivalent ?? null;
  return [
    `${pointsOf(difference)} points`,
    ...(interval === '' ? [] : [`95 % t interval ${interval}`]),
    ...(bca === '' ? [] : [`BCa ${bca}`]),
    `n = ${seeds(difference.n)}`,
    ...(p === null || difference.n < 2
      ? []
      : [`sign-flip p ${equals(p)}${family > 1 ? ` (${formatP(pHolm)} after Holm over ${family} rows)` : ''}`]),
    ...(equivalent === null
      ? []
      : [
          `within ±${EQUIVALENCE_MARGIN} p ${equals(equivalent)}` +
            (family > 1 ? ` (${formatP(primary!.pEquivalentHolm)} after Holm)` : ''),
        ]),
  ].join(', ');
}

/** What the verdict means for this difference, in whole sentences; what the other interval and test add to it. */
export function meaningOf(told: Told): string {
  return [verdictText(told), ...asidesOf(told)].join(' ');
}

/** Where the BCa interval disagrees with the t interval, and where a difference that may exist is a small one. */
function asidesOf({ difference, verdict, primary }: Told): string[] {
  const interval = difference?.interval ?? null;
  if (difference === null || interval === null || primary == null || verdict === 'identical') return [];
  const { bca, pEquivalentHolm } = primary;
  const excludes = ([low, high]: readonly [number, number]) => low > ROUNDING || high < -ROUNDING;
  const disagree = bca !== null && excludes(bca) !== excludes(interval);
  const narrow = difference.n < FEW_TO_BOOTSTRAP ? `, but is too narrow with n = ${seeds(difference.n)}` : '';
  const small = pEquivalentHolm !== null && pEquivalentHolm <= LEVEL && verdict !== 'equivalent';
  return [
    ...(disagree
      ? [
          excludes(bca)
            ? `The BCa interval excludes 0${narrow}.`
            : 'The BCa interval, unlike the t interval, contains 0.',
        ]
      : []),
    ...(small ? [`Two one-sided tests place it within ±${EQUIVALENCE_MARGIN} points all the same.`] : []),
  ];
}

function verdictText(told: Told): string {
  const { title, baseline, where, difference, p, pHolm, family, verdict, differing = [] } = told;
  if (verdict === 'unequal')
    return `${title} and ${baseline} differ in ${listed(differing)} besides their methods, so a difference of their scores would be of both.`;
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
      return `${title} is ${direction} ${where} by the t interval. The sign-flip test was not made, so this is not counted as more than seed noise.`;
    case 'equivalent':
      return `${title} is equal to ${baseline} ${where} within ±${EQUIVALENCE_MARGIN} points, by two one-sided t tests (p ${equals(told.primary?.pEquivalentHolm ?? null)} after Holm).`;
    case 'undistinguished':
      return `Not distinguishable from seed noise with n = ${seeds(n)}${incapable(n, family)}. That does not show that the two are equal${unequal(told)}.`;
  }
}

/** That the test of equality, where it was made, does not show it either. */
function unequal({ primary }: Told): string {
  const p = primary?.pEquivalentHolm ?? null;
  return p === null
    ? ''
    : `, and neither do two one-sided tests within ±${EQUIVALENCE_MARGIN} points (p ${equals(p)} after Holm)`;
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
