import { describe, expect, test } from '@jest/globals';
import { bcaInterval } from './bca.ts';
import { resampledMeans } from './resampled-means.ts';

const five = [0.31, -0.12, 0.77, 0.45, 0.08];
const ten = [0.5, 1.2, -0.3, 0.9, 2.2, 0.1, -0.4, 0.8, 1.5, 0.6];
const skewed = [0.02, 0.05, 0.11, 0.13, 0.18, 0.26, 0.31, 0.47, 0.66, 1.02, 1.9, 3.4];
const irregular = [
  ...[0.128413, -0.412907, 0.773311, 1.204119, -0.051877, 0.339871, 0.612343, -0.224447, 0.910937, 0.281239],
  ...[0.467813, 2.350011],
];
const twenty = [
  ...[0.4, 0.58, 0.24, -0.13, 0.13, -0.19, 0.44, 1.2, 0.1, 0.03],
  ...[0.69, 0.61, 0.46, -0.16, 0.38, 0.82, -0.41, 0.13, -0.74, -0.37],
];

describe('bcaInterval', () => {
  // Python, exact: the n-fold convolution of the values × 10⁶ as whole numbers, shares as fractions, and Efron's formula
  // with scipy.stats.norm. Values off any lattice may be off by a step of the grid.
  test.each([
    ['three', [1, 1.2, 1.1], [1, 1.2], 1e-9],
    ['five', five, [0.046, 0.578], 1e-9],
    ['eight', [0.4, -0.5, 0.2, -0.1, 0.3, -0.4, 0.1, 0], [-0.225, 0.1875], 1e-9],
    ['ten, on a lattice', ten, [0.27, 1.21], 1e-9],
    ['twelve, skewed, on a lattice', skewed, [0.3225, 1.555], 1e-9],
    ['twenty, on a lattice', twenty, [0.011, 0.41], 1e-9],
    ['twelve, on no lattice', irregular, [0.21159633333333333, 1.0520518333333333], 2.77 / 2 ** 12],
  ])('%s: the exact quantiles', (_, values, [low, high], tolerance) => {
    const interval = bcaInterval(values)!;
    expect(Math.abs(interval[0] - low!)).toBeLessThanOrEqual(tolerance);
    expect(Math.abs(interval[1] - high!)).toBeLessThanOrEqual(tolerance);
  });

  // scipy 1.17.1: bootstrap((x,), np.mean, method='BCa', n_resamples=400000, rng=1).confidence_interval. With rng=2 its
  // limits move by up to .01, one step between neighbouring means of five or ten such values: its Monte Carlo error.
  test.each([
    ['five', five, [0.046, 0.568]],
    ['ten', ten, [0.26, 1.21]],
    ['skewed', skewed, [0.3216666666666667, 1.5566666666666666]],
    ['twenty', twenty, [0.0105, 0.409]],
  ])('%s: scipy, within its Monte Carlo error', (_, values, [low, high]) => {
    const interval = bcaInterval(values)!;
    expect(Math.abs(interval[0] - low!)).toBeLessThan(0.0101);
    expect(Math.abs(interval[1] - high!)).toBeLessThan(0.0101);
  });

  test('the same bits for the same values in any order', () => {
    for (const values of [five, ten, twenty, irregular]) {
      const interval = bcaInterval(values)!;
      expect(bcaInterval([...values].reverse())).toEqual(interval);
      expect(bcaInterval([...values].sort((a, b) => a - b))).toEqual(interval);
    }
  });

  test('moves with the values, and mirrors with their signs', () => {
    const [low, high] = bcaInterval(irregular)!;
    const moved = bcaInterval(irregular.map((value) => value + 10))!;
    expect(moved[0] - 10).toBeCloseTo(low, 9);
    expect(moved[1] - 10).toBeCloseTo(high, 9);
    const mirrored = bcaInterval(irregular.map((value) => -value))!;
    expect(-mirrored[1]).toBeCloseTo(low, 3);
    expect(-mirrored[0]).toBeCloseTo(high, 3);
  });

  test('is wider at a higher confidence and leans to the long tail', () => {
    const [low, high] = bcaInterval(skewed)!;
    const mean = skewed.reduce((sum, value) => sum + value, 0) / skewed.length;
    expect(high - mean).toBeGreaterThan(1.5 * (mean - low));
    const [lower, higher] = bcaInterval(skewed, 0.99)!;
    expect(lower).toBeLessThan(low);
    expect(higher).toBeGreaterThan(high);
  });

  test('degenerate samples', () => {
    expect(bcaInterval([])).toBeNull();
    expect(bcaInterval([3])).toBeNull();
    expect(bcaInterval([0, 0, 0])).toEqual([0, 0]);
    expect(bcaInterval(new Array<number>(30).fill(0.1))).toEqual([0.1, 0.1]);
    expect(bcaInterval([1, 3])).toEqual([1, 3]);
    expect(bcaInterval(Array.from({ length: 201 }, (_, i) => i))).toBeNull();
  });
});

describe('resampledMeans', () => {
  test('of three values: all 27 resamples', () => {
    const { means, shares } = resampledMeans([0, 1, 10]);
    expect([...means].map((mean) => Math.round(3 * mean))).toEqual([0, 1, 2, 3, 10, 11, 12, 20, 21, 30]);
    expect([...shares].map((share) => Math.round(27 * share))).toEqual([1, 3, 3, 1, 3, 6, 3, 3, 3, 1]);
  });

  test.each([5, 8, 9, 20, 40, 100])('%d values: shares sum to 1, mean and variance are the bootstrap’s', (n) => {
    const values = Array.from({ length: n }, (_, i) => Math.sin(5 * i) + 0.1 * i);
    const { means, shares, own } = resampledMeans(values);
    const moment = (power: number) => means.reduce((sum, mean, i) => sum + shares[i]! * (mean - own) ** power, 0);
    const mean = values.reduce((sum, value) => sum + value, 0) / n;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n;
    expect(moment(0)).toBeCloseTo(1, 10);
    expect(own).toBeCloseTo(mean, 12);
    expect(moment(1)).toBeCloseTo(0, 10);
    expect(moment(2) / (variance / n)).toBeCloseTo(1, 2);
  });

  test('refuses what it cannot compute', () => {
    expect(() => resampledMeans([])).toThrow(/1 to 200 values are computed, not of 0/);
    expect(() => resampledMeans([1, NaN])).toThrow(/Finite values are resampled/);
  });
});
