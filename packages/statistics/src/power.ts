import tQuantile from '@stdlib/stats-base-dists-t-quantile';
import { noncentralTSurvival } from './noncentral-t.ts';

/** What is to be shown: a true mean difference, and the standard deviation of the paired differences over seeds. */
export interface Effect {
  readonly difference: number;
  readonly deviation: number;
}

/** More deviations than any difference has, and more seeds than anybody trains. */
const MOST_DEVIATIONS = 1000;
export const MOST_SEEDS = 1_000_000;

/**
 * The power of the two-sided paired t test at level α with n seeds: P(|T| > t(1 - α/2; n - 1)) of the noncentral t
 * distribution with n - 1 degrees of freedom and δ = √n · difference / deviation. Differences are taken as normal.
 *
 * Throws a RangeError for n that is not a whole number of at least 2, a deviation that is not above 0, a level that is
 * not within (0, 1), and a difference beyond 1000 deviations.
 */
export function pairedTPower({ difference, deviation }: Effect, n: number, level = 0.05): number {
  checkSeeds(n);
  checkDeviation(deviation);
  checkShare('A level', level);
  const ratio = Math.abs(difference) / deviation;
  if (!(ratio <= MOST_DEVIATIONS)) {
    throw new RangeError(
      `A difference of ${difference} is not within ${MOST_DEVIATIONS} deviations of ${deviation}: check the units.`,
    );
  }
  const critical = tQuantile(1 - level / 2, n - 1);
  const noncentrality = Math.sqrt(n) * ratio;
  const wrongSide = noncentralTSurvival(critical, n - 1, -noncentrality);
  return Math.min(1, noncentralTSurvival(critical, n - 1, noncentrality) + wrongSide);
}

/** The fewest seeds with which the test has this power. Throws a RangeError if that is more than a million. */
export function seedsForPower(effect: Effect, power = 0.8, level = 0.05): number {
  checkShare('A power', power);
  return fewest(
    (n) => pairedTPower(effect, n, level) >= power,
    `A difference of ${effect.difference} with a deviation of ${effect.deviation} is not shown with power ${power}`,
  );
}

/** The smallest difference that the test shows with this power, to ten digits. */
export function detectableDifference(deviation: number, n: number, power = 0.8, level = 0.05): number {
  checkShare('A power', power);
  if (power <= level) throw new RangeError(`A power above the level ${level} is expected, not ${power}.`);
  const shown = (ratio: number) => pairedTPower({ difference: ratio, deviation: 1 }, n, level) >= power;
  checkDeviation(deviation);
  let high = 1;
  while (!shown(high)) {
    if (high >= MOST_DEVIATIONS)
      throw new RangeError(`With ${n} seeds no difference below ${MOST_DEVIATIONS} deviations has power ${power}.`);
    high = Math.min(2 * high, MOST_DEVIATIONS);
  }
  let low = high > 1 ? high / 2 : 0;
  while (high - low > 1e-11 * high) {
    const middle = (low + high) / 2;
    if (shown(middle)) high = middle;
    else low = middle;
  }
  return high * deviation;
}

/** Half the width of the 95 % t interval that n seeds give: t(.975; n - 1) · deviation / √n. */
export function intervalHalfWidth(deviation: number, n: number): number {
  return (tQuantile(0.975, n - 1) * deviation) / Math.sqrt(n);
}

/**
 * The fewest seeds whose 95 % t interval reaches at most this far from its mean. Throws a RangeError for a half-width
 * that is not above 0, and if that is more than a million seeds.
 */
export function seedsForHalfWidth(deviation: number, halfWidth: number): number {
  checkDeviation(deviation);
  if (!(halfWidth > 0)) throw new RangeError(`Half the width of an interval is above 0, not ${halfWidth}.`);
  return fewest((n) => intervalHalfWidth(deviation, n) <= halfWidth, `An interval of ±${halfWidth} is not reached`);
}

/** The level of the smallest of k p-values under Holm, α / k: what a single comparison costs at worst. */
export function holmWorstLevel(level: number, comparisons: number): number {
  if (!Number.isSafeInteger(comparisons) || comparisons < 1)
    throw new RangeError(`Comparisons are a whole number of at least 1, not ${comparisons}.`);
  return level / comparisons;
}

/** The smallest n of at least 2 that suffices, where every larger one does too. */
export function fewest(suffices: (n: number) => boolean, otherwise: string): number {
  let high = 2;
  while (!suffices(high)) {
    if (high >= MOST_SEEDS) throw new RangeError(`${otherwise} by ${MOST_SEEDS} seeds or fewer.`);
    high = Math.min(2 * high, MOST_SEEDS);
  }
  let low = high === 2 ? 1 : Math.floor(high / 2); // not enough
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (suffices(middle)) high = middle;
    else low = middle;
  }
  return high;
}

export function checkDeviation(deviation: number): void {
  if (!(deviation > 0) || deviation === Infinity)
    throw new RangeError(`A deviation of the differences is above 0, not ${deviation}.`);
}

export function checkShare(what: string, value: number): void {
  if (!(value > 0 && value < 1)) throw new RangeError(`${what} is between 0 and 1, not ${value}.`);
}

export function checkSeeds(n: number): void {
  if (!Number.isSafeInteger(n) || n < 2 || n > MOST_SEEDS)
    throw new RangeError(`A paired t test takes 2 to ${MOST_SEEDS} seeds, not ${n}.`);
}
