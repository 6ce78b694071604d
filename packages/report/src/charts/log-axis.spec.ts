import { expect, test } from '@jest/globals';
import { logDomain, logTicks } from './log-axis.ts';

test('the domain has the positive values with air', () => {
  expect(logDomain([2, 8, 0, -1], 2)).toEqual([1, 16]);
  expect(logDomain([0])).toEqual([0.1, 10]);
});

test.each<[[number, number], number[]]>([
  [
    [0.5, 40],
    [0.5, 1, 2, 5, 10, 20],
  ],
  [
    [2e-5, 0.3],
    [1e-4, 1e-3, 1e-2, 0.1],
  ],
  [
    [0.11, 0.2],
    [0.12, 0.15, 0.2],
  ],
  [
    [1e-12, 1e5],
    [1e-12, 1e-9, 1e-6, 1e-3, 1, 1e3],
  ],
])('ticks of %j', (domain, ticks) => {
  expect(logTicks(domain)).toEqual(ticks);
});
