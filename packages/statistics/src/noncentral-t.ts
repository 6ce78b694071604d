import normalCdf from '@stdlib/stats-base-dists-normal-cdf';

/** Below e^-40 of its largest value a density adds nothing to a double. */
const NEGLIGIBLE = -40;

/**
 * P(T > t) of the noncentral t distribution, T = (Z + δ) / S with Z standard normal and νS² of χ² with ν degrees of
 * freedom: the mean over S of Φ(δ - tS) (Johnson, Kotz and Balakrishnan, Continuous univariate distributions 2, 1995,
 * ch. 31). Within 1e-6 of scipy.stats.nct.sf wherever that is finite.
 */
export function noncentralTSurvival(t: number, degrees: number, noncentrality: number): number {
  // A tenth of what is narrower: the density of log S, 1 / √(2ν), or the step of Φ(δ - tS) near S = δ / t, 1 / |δ|.
  const step = 0.1 / Math.max(Math.sqrt(2 * degrees), Math.abs(noncentrality));
  return meanOverScale(degrees, step, (scale) => normalCdf(noncentrality - t * scale, 0, 1));
}

/**
 * The mean of f(S), νS² of χ² with ν degrees of freedom, by the trapezoidal rule over u = log S.
 *
 * The density of u is proportional to exp(ν (u - (e^2u - 1) / 2)), smooth and vanishing on both sides, so that for
 * smooth f the rule converges exponentially and its sum of the density gives the constant.
 */
export function meanOverScale(degrees: number, step: number, f: (scale: number) => number): number {
  const log = (u: number) => degrees * (u - Math.expm1(2 * u) / 2);
  let [mass, sum] = [0, 0];
  for (const direction of [-1, 1]) {
    for (let i = direction < 0 ? 1 : 0; ; i++) {
      const u = direction * i * step;
      const logarithm = log(u);
      if (logarithm < NEGLIGIBLE) break;
      const weight = Math.exp(logarithm);
      mass += weight;
      sum += weight * f(Math.exp(u));
    }
  }
  return sum / mass;
}
