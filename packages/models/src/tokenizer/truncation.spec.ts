import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { longestFirst } from './truncation.ts';

// Kept lengths as tokenizers 0.23 (Python) gives them for sequences of these lengths and budgets.
test.each([
  [10, 10, 29, [10, 10]],
  [10, 10, 13, [6, 7]],
  [3, 20, 13, [3, 10]],
  [20, 3, 13, [10, 3]],
  [20, 10, 13, [7, 6]],
  [6, 20, 13, [6, 7]],
  [7, 20, 13, [6, 7]],
  [20, 0, 13, [13, 0]],
  [0, 20, 13, [0, 13]],
  [5, 5, 1, [0, 1]],
  [5, 4, 1, [1, 0]],
  [5, 5, 0, [0, 0]],
])('%d and %d tokens in %d', (first, second, budget, kept) => {
  expect(longestFirst(first, second, budget)).toEqual(kept);
});

test('fills the budget, keeps at most what there is, and cuts the shorter one only below half', () => {
  const length = fc.nat({ max: 60 });
  fc.assert(
    fc.property(length, length, length, (first, second, budget) => {
      const [a, b] = longestFirst(first, second, budget);
      expect(a + b).toBe(Math.min(first + second, budget));
      expect(a).toBeLessThanOrEqual(first);
      expect(b).toBeLessThanOrEqual(second);
      if (a < first && b < second) expect(Math.abs(a - b)).toBeLessThanOrEqual(1);
    }),
  );
});
