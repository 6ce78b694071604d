/** The most values whose 2ⁿ sign patterns are counted: two lists of 2²⁰ sums. */
export const MOST_SIGN_FLIPS = 40;

/**
 * The exact two-sided p-value of the sign-flip permutation test that paired differences are symmetric about 0: the
 * share of the 2ⁿ sign patterns whose |sum| is at least the observed one. Differences of 0 count as they are.
 *
 * The patterns are counted, not drawn: all sums of the first half are matched against the sorted sums of the second.
 * Throws a RangeError for no values or for more than 40.
 */
export function signFlipTest(differences: readonly number[]): number {
  const n = differences.length;
  if (n === 0 || n > MOST_SIGN_FLIPS)
    throw new RangeError(`The sign-flip test takes 1 to ${MOST_SIGN_FLIPS} differences, not ${n}.`);
  const observed = Math.abs(differences.reduce((sum, value) => sum + value, 0));
  // Patterns that are equal in exact arithmetic must not be told apart by rounding.
  const bound = observed - 1e-9 * differences.reduce((sum, value) => sum + Math.abs(value), 0);
  if (bound <= 0) return 1;

  const middle = n >> 1;
  const first = signedSums(differences.slice(0, middle));
  const second = signedSums(differences.slice(middle)).sort();
  let atLeast = 0;
  for (const sum of first) atLeast += second.length - lowerBound(second, bound - sum);
  return (2 * atLeast) / 2 ** n; // the patterns with sum ≤ -bound mirror those with sum ≥ bound
}

/** The smallest two-sided p-value that n paired differences can give: 2 / 2ⁿ. */
export function smallestSignFlipP(n: number): number {
  return 2 / 2 ** n;
}

function signedSums(values: readonly number[]): Float64Array {
  let sums = Float64Array.of(0);
  for (const value of values) {
    const next = new Float64Array(2 * sums.length);
    sums.forEach((sum, i) => {
      next[2 * i] = sum + value;
      next[2 * i + 1] = sum - value;
    });
    sums = next;
  }
  return sums;
}

/** The index of the first of the ascending values that is at least the bound. */
function lowerBound(ascending: Float64Array, bound: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle]! < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
