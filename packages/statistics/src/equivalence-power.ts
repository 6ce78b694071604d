import normalCdf from '@stdlib/stats-base-dists-normal-cdf';
import tQuantile from '@stdlib/stats-base-dists-t-quantile';
import { EQUIVALENCE_MARGIN } from './equivalence.ts';
import { meanOverScale } from './noncentral-t.ts';
import { checkDeviation, checkSeeds, checkShare, fewest, type Effect } from './power.ts';

/**
 * The power of two one-sided t tests at level α with n seeds to show that the mean lies within ±margin: P(|x̄| ≤ margin -
 * t(1 - α; n - 1) s / √n), both tests at once (Schuirmann, J. Pharmacokin. Biopharm. 15, 1987). With S = s / deviation,
 * M = √n · margin / deviation and δ = √n · difference / deviation it is the mean over S < M / t of
 * Φ(M - δ - tS) - Φ(-M - δ + tS), the noncentral t's integral. Within 1e-5 of scipy's quadrature.
 *
 * Differences are taken as normal. Throws a RangeError for what `pairedTPower` refuses, and for a margin that is not
 * above 0.
 */
export function equivalencePower(
  { difference, deviation }: Effect,
  n: number,
  margin = EQUIVALENCE_MARGIN,
  level = 0.05,
): number {
  checkSeeds(n);
  checkDeviation(deviation);
  checkShare('A level', level);
  if (!(margin > 0)) throw new RangeError(`A margin of equality is above 0, not ${margin}.`);
  const critical = tQuantile(1 - level, n - 1);
  const [far, shift] = [margin, Math.abs(difference)].map((value) => (Math.sqrt(n) * value) / deviation) as [
    number,
    number,
  ];
  // At S = M / t the integrand has a corner, where the rule's error is of the step's square: a finer step.
  const step = 0.005 / Math.max(Math.sqrt(2 * (n - 1)), Math.min(far, 100));
  return meanOverScale(n - 1, step, (scale) => {
    const room = far - critical * scale;
    return room <= 0 ? 0 : normalCdf(room - shift, 0, 1) - normalCdf(-room - shift, 0, 1);
  });
}

/** The fewest seeds with which methods that are truly equal are shown to be, with this power. */
export function seedsForEquivalence(deviation: number, margin = EQUIVALENCE_MARGIN, power = 0.8, level = 0.05): number {
  checkShare('A power', power);
  const effect = { difference: 0, deviation };
  return fewest(
    (n) => equivalencePower(effect, n, margin, level) >= power,
    `Equality within ±${margin} with a deviation of ${deviation} is not shown with power ${power}`,
  );
}
