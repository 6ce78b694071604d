import { describe, expect, test } from '@jest/globals';
import { key } from '@lomap/compile';
import { frobenius, pearson, randomUpdate, turnOf } from './geometry-turn.ts';

describe('turnOf', () => {
  test('is DoRA’s ΔM and ΔD by rows', () => {
    // Rows: (3, 4) stretched to (6, 8); (1, 0) turned by 60° and stretched to 2; (0, 2) as it is.
    const base = [3, 4, 1, 0, 0, 2];
    const updated = [6, 8, 1, Math.sqrt(3), 0, 2];
    const { magnitude, direction, correlation } = turnOf(base, updated, { out: 3, in: 2 });
    expect(magnitude).toBeCloseTo((5 + 1 + 0) / 3, 12);
    expect(direction).toBeCloseTo((0 + 0.5 + 0) / 3, 6);
    expect(correlation).toBeCloseTo(pearson([5, 1, 0], [0, 0.5, 0])!, 6);
  });

  test('keeps the digits of a tiny angle', () => {
    const angle = 1e-7; // 1 - cos is 5e-15: a plain subtraction keeps one digit of it
    const { direction } = turnOf([1, 0], [Math.cos(angle), Math.sin(angle)], { out: 1, in: 2 });
    expect(direction / (angle ** 2 / 2)).toBeCloseTo(1, 5);
  });

  test('leaves out rows without a direction', () => {
    expect(turnOf([0, 0, 1, 0], [1, 0, 0, 1], { out: 2, in: 2 })).toEqual({
      magnitude: 0,
      direction: 1,
      correlation: null,
    });
    expect(turnOf([0, 0], [1, 0], { out: 1, in: 2 })).toEqual({ magnitude: 0, direction: 0, correlation: null });
  });
});

test('a random update has the rank and the size asked for, and depends on the key', () => {
  const shape = { out: 5, in: 4 };
  const update = randomUpdate(key(1, 'a'), shape, 1, 0.25);
  expect(frobenius(update)).toBeCloseTo(0.25, 10);
  for (let o = 1; o < 5; o++) {
    for (let i = 1; i < 4; i++) {
      const minor = update[0]! * update[o * 4 + i]! - update[i]! * update[o * 4]!;
      expect(minor).toBeCloseTo(0, 10); // every 2 by 2 minor of rank 1 vanishes
    }
  }
  expect(randomUpdate(key(1, 'a'), shape, 1, 0.25)).toEqual(update);
  expect(randomUpdate(key(1, 'b'), shape, 1, 0.25)).not.toEqual(update);
  expect(frobenius(randomUpdate(key(1, 'a'), shape, 2, 0))).toBe(0);
});

test('pearson is scipy’s', () => {
  // scipy.stats.pearsonr([1, 2, 4, 7], [2, 1, 5, 4]).statistic
  expect(pearson([1, 2, 4, 7], [2, 1, 5, 4])).toBeCloseTo(0.6900655593423541, 12);
  expect(pearson([1, 1], [1, 2])).toBeNull();
  expect(pearson([], [])).toBeNull();
});
