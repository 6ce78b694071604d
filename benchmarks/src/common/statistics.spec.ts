import { expect, test } from '@jest/globals';
import { median, pairedRatio, quantile, ratioText } from './statistics.ts';

test('quantiles are NumPy’s', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(quantile([1, 2, 3, 4], 0.25)).toBeCloseTo(1.75, 12);
  expect(quantile([1, 2, 3, 4], 1)).toBe(4);
  expect(quantile([7], 0.3)).toBe(7);
  expect(() => quantile([], 0.5)).toThrow('no values');
  expect(() => quantile([1], 2)).toThrow('not 2');
});

test('a ratio is taken pair by pair: a slow stretch that hits both cancels', () => {
  const quiet = pairedRatio([20, 20, 20], [10, 10, 10]);
  const noisy = pairedRatio([20, 200, 40], [10, 100, 20]);
  expect(noisy).toEqual(quiet);
  expect(quiet).toEqual({ median: 2, low: 2, high: 2, pairs: 3 });
});

test('the spread is the quartiles’, and what has no partner is left out', () => {
  expect(pairedRatio([1, 2, 3, 4, 5], [1, 1, 1, 1, 1])).toEqual({ median: 3, low: 2, high: 4, pairs: 5 });
  expect(pairedRatio([8, 6], [4, 2, 1000]).pairs).toBe(2);
  expect(ratioText(pairedRatio([8, 6], [4, 2]))).toBe('2.50 [2.25, 2.75]');
  expect(() => pairedRatio([], [1])).toThrow('at least one pair');
  expect(() => pairedRatio([1], [0])).toThrow('Timing 0 is 0');
});
