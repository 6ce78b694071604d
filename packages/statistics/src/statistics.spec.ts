import { describe, expect, test } from '@jest/globals';
import { holm } from './holm.ts';
import { lowerMedian, median } from './median.ts';
import { signFlipTest, smallestSignFlipP } from './sign-flip.ts';
import { summarize } from './summary.ts';

const differences = [0.31, -0.12, 0.77, 0.45, 0.08];

describe('summarize', () => {
  // numpy.std(x, ddof=1) and scipy.stats.t.interval(.95, n - 1, mean, scipy.stats.sem(x))
  test.each([
    [differences, 0.298, 0.3421549356651165, -0.12684146542310026, 0.7228414654231002],
    [[84.2, 86.1], 85.15, 1.3435028842544343, 73.0791055006341, 97.22089449936591],
  ])('%j agrees with scipy', (values, mean, deviation, low, high) => {
    const summary = summarize(values)!;
    expect(summary.n).toBe(values.length);
    expect(summary.mean).toBeCloseTo(mean, 12);
    expect(summary.deviation).toBeCloseTo(deviation, 12);
    expect(summary.interval![0]).toBeCloseTo(low, 9);
    expect(summary.interval![1]).toBeCloseTo(high, 9);
  });

  test('one value has no deviation and no interval, no value no summary', () => {
    expect(summarize([3])).toEqual({ n: 1, mean: 3, deviation: null, interval: null });
    expect(summarize([])).toBeNull();
  });
});

test('medians', () => {
  expect([median([3, 1, 2]), median([4, 1, 2, 3]), lowerMedian([4, 1, 2, 3]), median([5])]).toEqual([2, 2.5, 2, 5]);
  expect([median([]), lowerMedian([])]).toEqual([NaN, NaN]);
});

describe('signFlipTest', () => {
  // scipy.stats.permutation_test((d, 0), mean difference, permutation_type='samples', n_resamples=inf)
  test.each([
    [differences, 0.1875],
    [[1, 1, 1], 0.25],
    [[0.4, -0.4, 0.1, 0], 1],
    [[0.5, 1.2, -0.3, 0.9, 2.2, 0.1, -0.4, 0.8, 1.5, 0.6], 0.021484375],
    [[2.24, -2.36, 0.62, -0.37, -0.25, -0.02, -1.82, -0.03, -0.67, 3.52, 0.43, -0.15, -0.08, -0.47], 0.9195556640625],
  ])('%j agrees with scipy', (values, p) => {
    expect(signFlipTest(values)).toBe(p);
  });

  test('does not depend on the sign or, up to rounding of the sums, on the order', () => {
    expect(signFlipTest(differences.map((value) => -value))).toBe(signFlipTest(differences));
    expect(signFlipTest([0.1, 0.2, 0.3])).toBe(signFlipTest([0.3, 0.2, 0.1]));
    expect(signFlipTest([0.1, 0.2, -0.3])).toBe(1);
  });

  test('differences of one sign reach the smallest p that n can give', () => {
    expect(signFlipTest(Array.from({ length: 30 }, (_, i) => 1 + i / 7))).toBe(smallestSignFlipP(30));
    expect(smallestSignFlipP(3)).toBe(0.25);
  });

  // Python: the exact distribution of Σ ±d over whole numbers, by counting each sum in collections.Counter.
  test.each([
    [41, 2, 0.29533937104497454],
    [60, 3, 0.053021296247532546],
    [100, 1, 0.3885893961407476],
    [200, 2, 0.02448452616525904],
  ])('%d differences around %d: a million drawn patterns agree with all of them', (n, shift, p) => {
    const values = Array.from({ length: n }, (_, i) => ((i * 37 + 11) % 41) - 20 + shift);
    const drawn = signFlipTest(values);
    expect(Math.abs(drawn - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / 1e6));
    expect(signFlipTest(values.map((value) => -value).reverse())).toBe(drawn);
  });

  test('the smallest p of drawn patterns is one in a million', () => {
    expect(signFlipTest(new Array<number>(50).fill(1))).toBe(1e-6);
    expect([40, 41].map(smallestSignFlipP)).toEqual([2 / 2 ** 40, 1e-6]);
  });

  test('refuses no values', () => {
    expect(() => signFlipTest([])).toThrow(/one difference or more, not 0/);
  });
});

test('holm adjusts step down and keeps the order', () => {
  // R: p.adjust(c(.01, .04, .03, .5), 'holm')
  const adjusted = holm([0.01, 0.04, 0.03, 0.5]);
  [0.04, 0.09, 0.09, 0.5].forEach((p, i) => expect(adjusted[i]).toBeCloseTo(p, 12));
  expect(holm([0.6, 0.7])).toEqual([1, 1]);
  expect(holm([])).toEqual([]);
});
