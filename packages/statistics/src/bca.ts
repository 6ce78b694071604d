import normalCdf from '@stdlib/stats-base-dists-normal-cdf';
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import { MOST_RESAMPLED, resampledMeans, type ResampledMeans } from './resampled-means.ts';
import { average } from './summary.ts';

/**
 * The bias-corrected and accelerated bootstrap interval of a mean (Efron, Better bootstrap confidence intervals, JASA
 * 82, 1987): the quantiles Φ(z₀ + (z₀ + z) / (1 - a (z₀ + z))) of the resampled means, z = Φ⁻¹((1 ∓ confidence) / 2), with
 *
 * - bias z₀ = Φ⁻¹(share of the resampled means below the sample's mean, ties by half);
 * - acceleration a = Σ(m - mᵢ)³ / (6 (Σ(m - mᵢ)²)^(3/2)) from the jackknife's means mᵢ; of a mean m - mᵢ is
 *   proportional to xᵢ - x̄, so these stand in its place.
 *
 * Nothing is drawn: the resampled means' distribution is computed (`resampled-means.ts`), which is what scipy's
 * bootstrap(method='BCa') tends to with ever more resamples. The same values, in any order, give the same bits.
 *
 * Null for fewer than two values and for more than 200 (`MOST_RESAMPLED`); [x, x] if all are equal. With few values the
 * interval is too narrow: of normal data it covers the mean in about 72 % of samples of 3, 86 % of 5, 88 % of 10, 92 %
 * of 20 (600 to 4000 simulated samples).
 */
export function bcaInterval(values: readonly number[], confidence = 0.95): readonly [low: number, high: number] | null {
  if (values.length < 2 || values.length > MOST_RESAMPLED) return null;
  const [smallest, largest] = [Math.min(...values), Math.max(...values)];
  if (smallest === largest) return [smallest, largest];
  const distribution = resampledMeans(values);
  const bias = normalQuantile(shareBelow(distribution), 0, 1);
  const acceleration = skew([...values].sort((a, b) => a - b));
  const limit = (probability: number) => {
    const z = bias + normalQuantile(probability, 0, 1);
    return quantile(distribution, normalCdf(bias + z / (1 - acceleration * z), 0, 1));
  };
  return [limit((1 - confidence) / 2), limit((1 + confidence) / 2)];
}

/** Σ(x - x̄)³ / (6 (Σ(x - x̄)²)^(3/2)). Of the ascending values, so that their order cannot change a bit. */
function skew(values: readonly number[]): number {
  const mean = average(values);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return values.reduce((sum, value) => sum + (value - mean) ** 3, 0) / (6 * squares ** 1.5);
}

function shareBelow({ means, shares, own, tolerance }: ResampledMeans): number {
  let below = 0;
  means.forEach((mean, i) => {
    if (mean < own - tolerance) below += shares[i]!;
    else if (mean <= own + tolerance) below += shares[i]! / 2;
  });
  return below;
}

/** The smallest of the means that this share of the resamples does not exceed. */
function quantile({ means, shares }: ResampledMeans, probability: number): number {
  let reached = 0;
  for (let i = 0; i < means.length; i++) {
    reached += shares[i]!;
    if (reached >= probability - 1e-12) return means[i]!;
  }
  return means[means.length - 1]!;
}
