import { describe, expect, test } from '@jest/globals';
import { chooseRate, meanScore, type RateOutcome } from './rate-choice.ts';

/** Rates 1e-4, 1e-3, ... of two seeds each; a number is their mean score. */
function choose(...rates: (number | Partial<RateOutcome>)[]) {
  const outcomes = rates.map((rate, i): RateOutcome => ({
    ...{ learningRate: 10 ** (i - 4), score: 0.5, seeds: 2, collapsed: 0, diverged: 0 },
    ...(typeof rate === 'number' ? { score: rate } : rate),
  }));
  const { best, tied, ...rest } = chooseRate([...outcomes].reverse());
  return { best: outcomes.indexOf(best), tied: tied.map((rate) => outcomes.indexOf(rate)), ...rest };
}

const collapsed = { score: 0, collapsed: 2 };
const diverged = { score: null, diverged: 1 };

describe('chooseRate', () => {
  const chosen = { tied: [1], undecided: false, edge: null, forced: null };
  test.each([
    ['the highest mean', [0.1, 0.7, 0.3], { ...chosen, best: 1 }],
    ['the largest of the space', [0.1, 0.3, 0.7], { ...chosen, best: 2, tied: [2], edge: 'largest' }],
    ['the smallest of a tie', [0.1, 0.7, 0.7], { ...chosen, best: 1, tied: [1, 2] }],
    ['a tie but for rounding', [0.1, 0.7, 0.7 + 1e-16, 0.2], { ...chosen, best: 1, tied: [1, 2] }],
    ['a tie with an end', [0.7, 0.1, 0.7], { ...chosen, best: 0, tied: [0, 2], edge: 'smallest' }],
    ['all tie: no end', [0.7, 0.7, 0.7], { ...chosen, best: 0, tied: [0, 1, 2], undecided: true }],
    ['all that are left tie', [0.7, 0.7, diverged], { ...chosen, best: 0, tied: [0, 1], undecided: true }],
    ['one rate has no end', [0.7], { ...chosen, best: 0, tied: [0] }],
    ['no end where the next diverged', [0.1, 0.7, diverged], { ...chosen, best: 1 }],
    ['never a collapsed one, even above', [-0.2, -0.1, collapsed], { ...chosen, best: 1 }],
    [
      'a seed collapsed: its mean counts',
      [{ score: 0.4, collapsed: 1 }, 0.3, 0.2],
      { ...chosen, best: 0, tied: [0], edge: 'smallest' },
    ],
    [
      'all collapsed',
      [collapsed, collapsed],
      { best: 0, tied: [0, 1], undecided: true, edge: null, forced: 'collapsed' },
    ],
    [
      'collapsed before diverged',
      [diverged, collapsed],
      { best: 1, tied: [1], undecided: false, edge: null, forced: 'collapsed' },
    ],
    ['all diverged', [diverged, diverged], { best: 0, tied: [0, 1], undecided: true, edge: null, forced: 'diverged' }],
    ['none scored', [{ score: null }], { best: 0, tied: [0], undecided: false, edge: null, forced: 'unscored' }],
  ] as const)('%s', (_, rates, expected) => {
    expect(choose(...rates)).toEqual(expected);
  });

  test('needs a rate', () => {
    expect(() => chooseRate([])).toThrow(RangeError);
  });
});

test('a mean counts a collapsed trial as 0 and is none where a seed has no score', () => {
  const trial = (score: number | null, isCollapsed = false) => ({ score, collapsed: isCollapsed });
  expect(meanScore([trial(0.6), trial(0.684, true)])).toBe(0.3);
  expect(meanScore([trial(0.6), trial(null)])).toBeNull();
  expect(meanScore([])).toBeNull();
});

test('where smaller scores are better the smallest mean is taken, and a collapsed trial counts as the floor', () => {
  const outcome = (learningRate: number, score: number): RateOutcome => {
    return { learningRate, score, seeds: 1, collapsed: 0, diverged: 0 };
  };
  const outcomes = [outcome(1e-3, 0.4), outcome(3e-3, 0.2), outcome(1e-2, 0.3)];
  expect(chooseRate(outcomes, 'smaller').best.learningRate).toBe(3e-3);
  expect(chooseRate(outcomes, 'larger').best.learningRate).toBe(1e-3);
  expect(chooseRate([outcome(1, 0.2), outcome(2, 0.2)], 'smaller').tied).toHaveLength(2);
  const trials = [0.2, 0.1].map((score, i) => ({ score, collapsed: i === 1 }));
  expect(meanScore(trials, 0.7)).toBeCloseTo(0.45, 12);
});
