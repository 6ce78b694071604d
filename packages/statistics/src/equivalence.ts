import tCdf from '@stdlib/stats-base-dists-t-cdf';
import { summarize } from './summary.ts';

/** The protocol's margin on the primary endpoint, in points: a difference within it is called equality. */
export const EQUIVALENCE_MARGIN = 0.3;

/**
 * The p-value of two one-sided t tests (Schuirmann, J. Pharmacokin. Biopharm. 15, 1987) that the mean lies within
 * ±margin: the larger one of P(T ≥ (mean + margin) / se) and P(T ≤ (mean - margin) / se), T of Student with n - 1 degrees
 * of freedom, se = deviation / √n. A p of .05 is a 90 % t interval inside the margin.
 *
 * Null for fewer than two values. If all are equal, 0 within the margin and 1 on or outside it. Throws a RangeError
 * for a margin that is not above 0.
 */
export function equivalenceTest(values: readonly number[], margin = EQUIVALENCE_MARGIN): number | null {
  if (!(margin > 0)) throw new RangeError(`A margin of equality is above 0, not ${margin}.`);
  const summary = summarize(values);
  if (summary === null || summary.deviation === null) return null;
  const { n, mean, deviation } = summary;
  if (deviation === 0) return Math.abs(mean) < margin ? 0 : 1;
  const error = deviation / Math.sqrt(n);
  return tCdf((Math.abs(mean) - margin) / error, n - 1);
}
