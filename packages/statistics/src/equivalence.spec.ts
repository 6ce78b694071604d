import { describe, expect, test } from '@jest/globals';
import { EQUIVALENCE_MARGIN, equivalenceTest } from './equivalence.ts';
import { summarize } from './summary.ts';

describe('equivalenceTest', () => {
  // scipy 1.17.1: max of ttest_1samp(x, -.3, alternative='greater').pvalue and ttest_1samp(x, .3, alternative='less').pvalue
  test.each([
    [[0.31, -0.12, 0.77, 0.45, 0.08], 0.4950987370846642],
    [[0.05, -0.1, 0.12, 0.02, -0.06, 0.08], 0.0002178201762296826],
    [[-0.2, -0.25, -0.1, -0.3, -0.15], 0.02371032779215982],
  ])('%j agrees with scipy', (values, p) => {
    expect(equivalenceTest(values)).toBeCloseTo(p, 10);
    expect(
      equivalenceTest(
        values.map((value) => 10 * value),
        3,
      ),
    ).toBeCloseTo(p, 10);
  });

  test('the margin is the protocol’s, and a mean outside it is never equal', () => {
    expect(EQUIVALENCE_MARGIN).toBe(0.3);
    expect(equivalenceTest([0.4, 0.41, 0.42, 0.39])).toBeGreaterThan(0.5);
  });

  test('p ≤ .05 where the 90 % t interval just lies within the margin', () => {
    const values = [0.05, -0.1, 0.12, 0.02, -0.06, 0.08];
    const { mean, deviation, n } = summarize(values)!;
    const edge = mean + (2.015048373333024 * deviation!) / Math.sqrt(n); // scipy.stats.t.ppf(.95, 5)
    expect(equivalenceTest(values, edge)).toBeCloseTo(0.05, 9);
  });

  test('degenerate samples', () => {
    expect(equivalenceTest([])).toBeNull();
    expect(equivalenceTest([0])).toBeNull();
    expect(equivalenceTest([0.25, 0.25, 0.25])).toBe(0);
    expect(equivalenceTest([0.5, 0.5], 0.5)).toBe(1);
    expect(() => equivalenceTest([1, 2], 0)).toThrow(/above 0, not 0/);
  });
});
