import { expect, test } from '@jest/globals';
import { medianSeconds, stepMilliseconds } from './step-times.ts';

test('quartiles of the steps in milliseconds', () => {
  // numpy.quantile([.004, .001, .002, .003], [.25, .5, .75]) * 1000
  const { median, low, high, steps } = stepMilliseconds([0.004, 0.001, 0.002, 0.003])!;
  expect([low, median, high, steps].map((value) => Number(value.toFixed(9)))).toEqual([1.75, 2.5, 3.25, 4]);
  expect(stepMilliseconds([0.002])).toEqual({ median: 2, low: 2, high: 2, steps: 1 });
  expect(stepMilliseconds([])).toBeUndefined();
});

test('the median of so many calls', () => {
  let calls = 0;
  expect(medianSeconds(3, () => calls++)).toBeGreaterThanOrEqual(0);
  expect(calls).toBe(3);
});
