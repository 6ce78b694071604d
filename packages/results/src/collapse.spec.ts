import { describe, expect, test } from '@jest/globals';
import { collapsedOnDev, collapsedOnSelection, hardlyVary } from './collapse.ts';

describe('hardlyVary', () => {
  test.each([
    [
      'one class, whatever its margin',
      [
        [1, 0],
        [0.2, 0.1],
        [-3, -4],
      ],
      true,
    ],
    [
      'the first of equal logits',
      [
        [1, 0],
        [0, 0],
      ],
      true,
    ],
    [
      'two classes',
      [
        [1, 0],
        [0.1, 0.2],
        [1, 0],
      ],
      false,
    ],
    [
      'the second of three classes',
      [
        [0, 2, 1],
        [-1, 5, 4],
      ],
      true,
    ],
    ['a regression that is a constant', [[2.5], [2.5], [2.5]], true],
    ['a regression with a deviation of .0009', [[2.4991], [2.5009]], true],
    ['a regression with a deviation of .0011', [[2.4989], [2.5011]], false],
    ['a regression that is no number', [[Number.NaN], [2]], true],
    ['one example', [[1, 0]], false],
    ['no example', [], false],
  ])('%s', (_, outputs, expected) => {
    expect(hardlyVary(outputs)).toBe(expected);
  });
});

test('a result says of the epoch that was chosen, of any dev split, or nothing', () => {
  const epoch = (at: number, collapsed?: boolean) => ({
    ...{ epoch: at, step: at, scores: {} },
    ...(collapsed !== undefined && { collapsed }),
  });
  expect(collapsedOnSelection({ epochs: [epoch(1, true), epoch(2, false)], chosenEpoch: 1 })).toBe(true);
  expect(collapsedOnSelection({ epochs: [epoch(1, true), epoch(2, false)], chosenEpoch: 2 })).toBe(false);
  expect(collapsedOnSelection({ epochs: [epoch(1)], chosenEpoch: 1 })).toBeNull();
  expect(collapsedOnSelection({ epochs: [epoch(1, true)], chosenEpoch: null })).toBeNull();
  expect(collapsedOnDev({ devCollapsed: { dev_matched: true, dev_mismatched: false } })).toBe(true);
  expect(collapsedOnDev({ devCollapsed: { dev: false } })).toBe(false);
  expect(collapsedOnDev({})).toBeNull();
});
