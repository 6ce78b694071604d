import { describe, expect, test } from '@jest/globals';
import { fewestSeeds, smallestHolmP, verdictOf, type Verdict } from './verdict.ts';

type Interval = [number, number] | null;

describe('verdictOf', () => {
  test.each<[string, number, Interval, number | null, number | null, Verdict]>([
    // what                                                  n   interval       p        Holm     verdict
    ['no shared seed', 0, null, null, null, 'unpaired'],
    ['one seed, however large the difference', 1, null, 1, 1, 'one-seed'],
    ['the same score in every seed', 5, [0, 0], 1, 1, 'identical'],
    ['interval around 0', 16, [-0.2, 0.9], 0.3, 0.6, 'undistinguished'],
    [
      'a tight interval around 0 without a test of equality is not "equal"',
      30,
      [-0.01, 0.01],
      0.9,
      1,
      'undistinguished',
    ],
    ['interval touching 0', 16, [0, 0.9], 0.06, 0.06, 'undistinguished'],
    ['three seeds of one sign', 3, [0.1, 0.9], 0.25, 0.25, 'interval-unreachable'],
    ['five seeds of one sign', 5, [0.1, 0.9], 0.0625, 0.0625, 'interval-unreachable'],
    ['three seeds, interval below 0', 3, [-0.9, -0.1], 0.25, 0.75, 'interval-unreachable'],
    ['enough seeds, but the test does not follow', 8, [0.1, 0.9], 0.07, 0.07, 'interval-alone'],
    ['p is lost to Holm', 8, [0.1, 0.9], 0.02, 0.06, 'lost-to-holm'],
    ['p is lost to Holm, interval around 0', 8, [-0.1, 0.9], 0.04, 0.08, 'lost-to-holm'],
    ['both agree', 8, [0.1, 0.9], 0.008, 0.016, 'exceeds'],
    ['both agree that it is worse', 8, [-0.9, -0.1], 0.008, 0.016, 'exceeds'],
    ['exactly .05 counts', 8, [0.1, 0.9], 0.05, 0.05, 'exceeds'],
    ['the test alone', 8, [-0.1, 0.9], 0.01, 0.04, 'test-alone'],
    ['no test was made', 41, [0.1, 0.9], null, null, 'interval-untested'],
    ['no test was made, interval around 0', 41, [-0.1, 0.9], null, null, 'undistinguished'],
  ])('%s', (_, n, interval, p, pHolm, verdict) => {
    expect(verdictOf({ n, interval, p, pHolm })).toBe(verdict);
  });
});

describe('equality', () => {
  test.each<[string, number, Interval, number | null, number | null, Verdict]>([
    // what                                                  n   interval       Holm   within  verdict
    ['two one-sided tests within the margin', 16, [-0.1, 0.2], 0.6, 0.01, 'equivalent'],
    ['exactly .05 counts', 16, [-0.1, 0.2], 0.6, 0.05, 'equivalent'],
    ['they do not hold', 16, [-0.1, 0.2], 0.6, 0.051, 'undistinguished'],
    ['no test was made', 41, [-0.1, 0.2], null, 0.01, 'equivalent'],
    ['a small difference that exceeds seed noise is not "equal"', 16, [0.05, 0.2], 0.01, 0.001, 'exceeds'],
    ['nor one whose interval excludes 0', 16, [0.05, 0.2], 0.07, 0.001, 'interval-alone'],
    ['identical scores need no test', 5, [0, 0], 1, 0, 'identical'],
    ['one seed has none', 1, null, 1, null, 'one-seed'],
  ])('%s', (_, n, interval, pHolm, pEquivalent, verdict) => {
    expect(verdictOf({ n, interval, p: pHolm, pHolm, pEquivalent })).toBe(verdict);
  });
});

test('the fewest seeds that can reach .05: 2/2^n times the rows', () => {
  expect([1, 2, 3, 4, 7].map(fewestSeeds)).toEqual([6, 7, 7, 8, 9]);
  expect(smallestHolmP(6, 1)).toBe(0.03125);
  expect(smallestHolmP(3, 7)).toBe(1);
});
