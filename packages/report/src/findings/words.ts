import { EQUIVALENCE_MARGIN, smallestSignFlipP, type Summary } from '@lomap/statistics';
import { formatInterval, formatP, signed } from '../tables/numbers.ts';
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

/** What a verdict means, for all rows that have it; null where the protocols, which stand above, say it. */
const MEANINGS: Readonly<Record<Verdict, string | null>> = {
  exceeds: 'Exceeds seed noise: the t interval excludes 0, and the sign-flip test keeps .05 after Holm.',
  equivalent: `Equal within ±${EQUIVALENCE_MARGIN} points: two one-sided t tests keep .05 after Holm.`,
  'test-alone':
    'Test and interval disagree: the test keeps .05 after Holm, but the interval contains 0. This is not counted as more than seed noise.',
  'lost-to-holm': 'Not after Holm: by itself p is at most .05, but over the rows that were tested it is not.',
  'interval-unreachable':
    'Interval only, too few seeds to test: the t interval excludes 0, but it assumes normal differences. The sign-flip test, ' +
    'which does not, cannot reach .05 with so few seeds; more would tell.',
  'interval-alone':
    'Interval only: the t interval excludes 0, but the sign-flip test, which so many seeds could have passed, does not ' +
    'confirm it. This is not counted as more than seed noise.',
  'interval-untested':
    'Interval only, not tested: the t interval excludes 0, but the sign-flip test was not made. This is not counted as more than seed noise.',
  undistinguished: 'Not distinguishable: the interval contains 0. That does not show that the methods are equal.',
  identical:
    'Identical: every seed has the same value with both methods, so in these trials the change had no effect on it.',
  'one-seed': 'One seed: it shows no seed noise, so nothing tells how much of a difference is noise.',
  unpaired: 'Not comparable: no seed has both methods.',
  unequal: null,
};

/** Below this many seeds a 95 % BCa interval of normal differences covers less than 92 % (`bcaInterval`). */
const FEW_TO_BOOTSTRAP = 20;

/** Points: a bootstrap limit may be a difference of two equal scores. */
const ROUNDING = 1e-9;

/** A difference to be put into words. */
export interface Told {
  readonly title: string;
  readonly baseline: string;
  readonly difference: Summary | null;
  readonly pHolm: number | null;
  readonly verdict: Verdict;
  /** Of the difference; absent: points with two decimals. */
  readonly unit?: { readonly name: string; readonly decimals: number };
  /** What is known of a primary endpoint in points besides; absent elsewhere. */
  readonly primary?: {
    readonly bca: readonly [low: number, high: number] | null;
    readonly pEquivalentHolm: number | null;
  };
}

/** What may be said of one difference: a row of a table of findings. */
export interface Finding {
  readonly title: string;
  readonly baseline: string;
  readonly verdict: Verdict;
  /** The verdict in two or three words. */
  readonly short: string;
  /** `+0.31 points`; empty where nothing is compared. */
  readonly difference: string;
  /** The 95 % t interval, `[−0.98, +1.60]`; empty without one. */
  readonly interval: string;
  /** Pairs of trials. */
  readonly seeds: number;
  /** The sign-flip p after Holm; empty where it was not tested. */
  readonly p: string;
}

export function findingOf({ title, baseline, difference, pHolm, verdict, unit }: Told): Finding {
  const { name, decimals } = unit ?? { name: 'points', decimals: 2 };
  return {
    ...{ title, baseline, verdict, short: VERDICTS[verdict] },
    difference: difference === null ? '' : `${signed(difference.mean, decimals)} ${name}`,
    interval: difference === null ? '' : formatInterval(difference, decimals),
    seeds: difference?.n ?? 0,
    p: pHolm === null || (difference?.n ?? 0) < 2 ? '' : formatP(pHolm),
  };
}

/** The differences of one question, and the rows that Holm's adjustment is over. */
export interface Family {
  readonly told: readonly Told[];
  readonly size: number;
}

/**
 * What the verdicts of these rows mean, each once, and where something else disagrees with them: the BCa interval, the
 * test of equality, or fewer seeds than most rows have.
 */
export function remarksOn(families: readonly Family[]): string[] {
  const all = families.flatMap(({ told }) => told);
  const occurring = (Object.keys(MEANINGS) as Verdict[]).filter((verdict) =>
    all.some((row) => row.verdict === verdict),
  );
  return [
    ...occurring.flatMap((verdict) => MEANINGS[verdict] ?? []),
    ...families.flatMap(({ told, size }) => incapable(told, size)),
    ...asides(all),
  ];
}

/** Of the rows that are not shown to differ, those with fewer seeds than another row and too few to reach .05 by themselves. */
function incapable(told: readonly Told[], family: number): string[] {
  const seedsOf = ({ difference }: Told) => difference?.n ?? 0;
  const most = Math.max(0, ...told.map(seedsOf));
  const unable = told.filter((row) => {
    const n = seedsOf(row);
    const open = row.verdict === 'undistinguished' || row.verdict === 'lost-to-holm';
    return open && n < most && smallestHolmP(n, family) > LEVEL;
  });
  return [...new Set(unable.map(seedsOf))].map((n) => {
    const titles = unable.filter((row) => seedsOf(row) === n).map(({ title }) => title);
    const after =
      family > 1
        ? `, and ${formatP(smallestHolmP(n, family))} after Holm over ${family} rows where no other has a smaller one`
        : '';
    return `With ${seeds(n)} p is never below ${formatP(smallestSignFlipP(n))}${after}: ${listed(titles)}.`;
  });
}

/** Where the BCa interval disagrees with the t interval, and where a difference that may exist is a small one. */
function asides(told: readonly Told[]): string[] {
  const excludes = ([low, high]: readonly [number, number]) => low > ROUNDING || high < -ROUNDING;
  const judged = told.flatMap(({ title, verdict, difference, primary }) =>
    difference?.interval == null || primary === undefined || verdict === 'identical'
      ? []
      : [
          {
            title,
            verdict,
            n: difference.n,
            interval: difference.interval,
            ...primary,
          },
        ],
  );
  const apart = judged.filter(({ bca, interval }) => bca !== null && excludes(bca) !== excludes(interval));
  const [outside, inside] = [true, false].map((which) => apart.filter(({ bca }) => excludes(bca!) === which)) as [
    typeof apart,
    typeof apart,
  ];
  const narrow = outside.some(({ n }) => n < FEW_TO_BOOTSTRAP) ? '; with so few seeds it is too narrow' : '';
  const small = judged.filter(
    ({ verdict, pEquivalentHolm: p }) => p !== null && p <= LEVEL && verdict !== 'equivalent',
  );
  const named = (rows: readonly { title: string }[]) => listed(rows.map(({ title }) => title));
  return [
    ...(outside.length === 0
      ? []
      : [`The BCa interval, unlike the t interval, excludes 0 for ${named(outside)}${narrow}.`]),
    ...(inside.length === 0 ? [] : [`The BCa interval, unlike the t interval, contains 0 for ${named(inside)}.`]),
    ...(small.length === 0
      ? []
      : [
          `Two one-sided tests place the difference within ±${EQUIVALENCE_MARGIN} points all the same for ${named(small)}.`,
        ]),
  ];
}

export function seeds(n: number): string {
  return `${n} ${n === 1 ? 'seed' : 'seeds'}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)!}`;
}
