import mt19937 from '@stdlib/random-base-mt19937';

/** The most values whose 2ⁿ sign patterns are counted: two lists of 2²⁰ sums. Of more, patterns are drawn. */
export const MOST_SIGN_FLIPS = 40;

/** Patterns drawn for more values than that: a p of .05 has a standard error of .0002. */
export const DRAWS = 999_999;

/**
 * The two-sided p-value of the sign-flip permutation test that paired differences are symmetric about 0: the share of
 * the 2ⁿ sign patterns whose |sum| is at least the observed one. Differences of 0 count as they are.
 *
 * Up to 40 values the patterns are counted, not drawn: all sums of the first half are matched against the sorted sums of
 * the second. Of more, 999,999 patterns are drawn from a Mersenne twister with a fixed seed, and p is (1 + hits) / (1 + draws)
 * (Phipson and Smyth, Stat. Appl. Genet. Mol. Biol. 9, 2010). The same values give the same p, in any order and with any
 * signs. Throws a RangeError for no values.
 */
export function signFlipTest(differences: readonly number[]): number {
  const n = differences.length;
  if (n === 0) throw new RangeError('The sign-flip test takes one difference or more, not 0.');
  const observed = Math.abs(differences.reduce((sum, value) => sum + value, 0));
  // Patterns that are equal in exact arithmetic must not be told apart by rounding.
  const bound = observed - 1e-9 * differences.reduce((sum, value) => sum + Math.abs(value), 0);
  if (bound <= 0) return 1;
  return n > MOST_SIGN_FLIPS ? drawn(differences, bound) : counted(differences, bound);
}

/** The smallest two-sided p-value that n paired differences can give: 2 / 2ⁿ, or 1 / (1 + draws) where patterns are drawn. */
export function smallestSignFlipP(n: number): number {
  return n > MOST_SIGN_FLIPS ? 1 / (1 + DRAWS) : 2 / 2 ** n;
}

function counted(differences: readonly number[], bound: number): number {
  const middle = differences.length >> 1;
  const first = signedSums(differences.slice(0, middle));
  const second = signedSums(differences.slice(middle)).sort();
  let atLeast = 0;
  for (const sum of first) atLeast += second.length - lowerBound(second, bound - sum);
  return (2 * atLeast) / 2 ** differences.length; // the patterns with sum ≤ -bound mirror those with sum ≥ bound
}

function drawn(differences: readonly number[], bound: number): number {
  const sizes = differences.map(Math.abs).sort((a, b) => a - b);
  // The first byte of a random word chooses one of the sums of eight values; of fewer, each is there equally often.
  const eights = Array.from({ length: Math.ceil(sizes.length / 8) }, (_, i) =>
    signedSums(sizes.slice(8 * i, 8 * i + 8)),
  );
  const word = mt19937.factory({ seed: 1 });
  let atLeast = 0;
  for (let draw = 0; draw < DRAWS; draw++) {
    let sum = 0;
    for (const sums of eights) sum += sums[(word() >>> 24) & (sums.length - 1)]!;
    if (Math.abs(sum) >= bound) atLeast++;
  }
  return (1 + atLeast) / (1 + DRAWS);
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
