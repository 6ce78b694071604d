import { smallestSignFlipP } from '@lomap/statistics';

/** The level below which a p-value counts, after Holm. */
export const LEVEL = 0.05;

/** What is known about one paired difference. */
export interface Evidence {
  /** Whether the two were trained under unequal protocols; absent: they were not. */
  readonly unequal?: boolean;
  /** Pairs: the seeds that both rows have. */
  readonly n: number;
  /** The 95 % t interval of the mean difference; null for fewer than two pairs. */
  readonly interval: readonly [low: number, high: number] | null;
  /** The sign-flip p, and the same after Holm; null where the test was not made. */
  readonly p: number | null;
  readonly pHolm: number | null;
  /**
   * The p of two one-sided tests of equality within a margin that was fixed in advance, after Holm; absent or null where
   * there is no such margin or no such test.
   */
  readonly pEquivalent?: number | null;
}

/**
 * What may be said of a difference. Only `exceeds` says that it is more than seed noise, and only `equivalent`, which
 * takes two one-sided tests, says "equal": any other small or wide interval around 0 is `undistinguished`.
 */
export type Verdict =
  /** The two differ in more than their methods: nothing is compared. */
  | 'unequal'
  /** No seed is shared with the baseline. */
  | 'unpaired'
  /** One pair: nothing tells noise from difference. */
  | 'one-seed'
  /** Every difference is exactly 0. */
  | 'identical'
  /** The test keeps .05 after Holm, and the interval excludes 0. */
  | 'exceeds'
  /** The test keeps .05 after Holm, yet the interval contains 0. */
  | 'test-alone'
  /** p ≤ .05 by itself, but not after Holm. */
  | 'lost-to-holm'
  /** The interval excludes 0, and so few seeds cannot give a p of .05 whatever they show. */
  | 'interval-unreachable'
  /** The interval excludes 0, but the test, which could have reached .05, does not. */
  | 'interval-alone'
  /** The interval excludes 0, and the test was not made. */
  | 'interval-untested'
  /** The interval contains 0, and two one-sided tests keep .05 after Holm: equal within the margin. */
  | 'equivalent'
  /** The interval contains 0. */
  | 'undistinguished';

/** The rule, from the first line that fits. */
export function verdictOf({ unequal = false, n, interval, p, pHolm, pEquivalent = null }: Evidence): Verdict {
  if (unequal) return 'unequal';
  if (n === 0) return 'unpaired';
  if (n === 1 || interval === null) return 'one-seed';
  const [low, high] = interval;
  if (low === 0 && high === 0) return 'identical';
  const excludes = low > 0 || high < 0;
  const indistinct = pEquivalent !== null && pEquivalent <= LEVEL ? 'equivalent' : 'undistinguished';
  if (p === null || pHolm === null) return excludes ? 'interval-untested' : indistinct;
  if (pHolm <= LEVEL) return excludes ? 'exceeds' : 'test-alone';
  if (p <= LEVEL) return 'lost-to-holm';
  if (!excludes) return indistinct;
  return smallestSignFlipP(n) > LEVEL ? 'interval-unreachable' : 'interval-alone';
}

/** The smallest p that n pairs can give after Holm over a family of this size, whatever its other rows show. */
export function smallestHolmP(n: number, family: number): number {
  return Math.min(1, Math.max(1, family) * smallestSignFlipP(n));
}

/** The fewest pairs with which a row of such a family can reach .05 after Holm. */
export function fewestSeeds(family: number): number {
  let n = 1;
  while (smallestHolmP(n, family) > LEVEL) n++;
  return n;
}
