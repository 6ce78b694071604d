/** The distribution of a bootstrap resample's mean: ascending values, each with its share of all nⁿ resamples. */
export interface ResampledMeans {
  readonly means: Float64Array;
  readonly shares: Float64Array;
  /** The sample's own mean. */
  readonly own: number;
  /** A mean this close to the sample's own is equal to it in exact arithmetic, or on the grid. */
  readonly tolerance: number;
}

/** The most values whose resamples are enumerated: C(15, 8) = 6435 multisets. */
const MOST_ENUMERATED = 8;
/** The most values whose resamples' means are computed: beyond, the convolution takes seconds. */
export const MOST_RESAMPLED = 200;
const FINEST_GRID = 2 ** 12;
const COARSEST_GRID = 64;
const ADDITIONS = 2 ** 24;

/**
 * All means that n draws with replacement from n values can have, with their probabilities: what Monte Carlo resampling
 * estimates, without its error and without a random generator. The order of the values does not matter.
 *
 * Up to 8 values: every multiset of n draws, with its multinomial share. More: the sum's distribution is the n-fold
 * convolution of the values on a grid. Where they lie on one of at most 2¹² steps over their range, as differences of
 * accuracies do, that is exact. Elsewhere each is put on the nearest of 2¹² steps and the means stand about the sample's
 * true mean: a mean is off by at most a step, typically by a step / √n. From 21 values on the grid is coarser, so that
 * n³ · steps / 2 additions stay near 2²⁴. Throws a RangeError for no values, for more than 200, and for one that is not
 * finite.
 */
export function resampledMeans(values: readonly number[]): ResampledMeans {
  if (values.length === 0 || values.length > MOST_RESAMPLED)
    throw new RangeError(`The resamples of 1 to ${MOST_RESAMPLED} values are computed, not of ${values.length}.`);
  if (!values.every(Number.isFinite)) throw new RangeError(`Finite values are resampled, not ${values.join(', ')}.`);
  const ascending = Float64Array.from(values).sort();
  return ascending.length <= MOST_ENUMERATED || ascending[0] === ascending.at(-1)
    ? enumerated(ascending)
    : convolved(ascending);
}

function enumerated(values: Float64Array): ResampledMeans {
  const n = values.length;
  const found: { sum: number; share: number }[] = [];
  // `ways`: n! / (k₁! k₂! …) of the counts so far, as a product of binomials.
  const draw = (index: number, left: number, sum: number, ways: number): void => {
    if (index === n - 1) {
      found.push({ sum: sum + left * values[index]!, share: ways / n ** n });
      return;
    }
    let choices = 1;
    for (let count = 0; count <= left; count++) {
      draw(index + 1, left - count, sum + count * values[index]!, ways * choices);
      choices = (choices * (left - count)) / (count + 1);
    }
  };
  draw(0, n, 0, 1);
  found.sort((a, b) => a.sum - b.sum);
  return {
    means: Float64Array.from(found, ({ sum }) => sum / n),
    shares: Float64Array.from(found, ({ share }) => share),
    own: meanOf(values),
    // Sums that are equal in exact arithmetic must not be told apart by rounding.
    tolerance: 1e-12 * Math.max(Math.abs(values[0]!), Math.abs(values[n - 1]!)),
  };
}

function convolved(values: Float64Array): ResampledMeans {
  const n = values.length;
  const low = values[0]!;
  const range = values[n - 1]! - low;
  const finest = Math.max(COARSEST_GRID, Math.min(FINEST_GRID, Math.floor((2 * ADDITIONS) / n ** 3)));
  const steps = latticeOf(values, finest) ?? finest;
  const step = range / steps;
  const points = Array.from(values, (value) => Math.round((value - low) / step));
  let shares = Float64Array.of(1);
  for (let draws = 1; draws <= n; draws++) {
    const next = new Float64Array(draws * steps + 1);
    for (const point of points) addShifted(next, shares, point);
    shares = next.map((share) => share / n);
  }
  const own = meanOf(values);
  const sum = points.reduce((total, point) => total + point, 0);
  return {
    means: Float64Array.from(shares, (_, i) => own + (step * (i - sum)) / n),
    shares,
    own,
    tolerance: step / (4 * n),
  };
}

/** The fewest steps of their range, at most so many, on which all the values lie; null if there are none. */
function latticeOf(values: Float64Array, most: number): number | null {
  const low = values[0]!;
  const shares = values.map((value) => (value - low) / (values[values.length - 1]! - low));
  for (let steps = 1; steps <= most; steps++) {
    if (shares.every((share) => Math.abs(share * steps - Math.round(share * steps)) < 1e-7)) return steps;
  }
  return null;
}

function addShifted(into: Float64Array, values: Float64Array, by: number): void {
  for (let i = 0; i < values.length; i++) into[i + by] = into[i + by]! + values[i]!;
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
