import { expect, test } from '@jest/globals';
import { scoresByLevel } from './by-level.ts';

const examples = [7, 3, 9, 4].map((index) => ({ index }));

test('each level is scored on its own rows; an example without one has no part', () => {
  const levels = new Map([
    [3, 2],
    [4, 2],
    [7, 1],
    [100, 3],
  ]);
  const { scores, without } = scoresByLevel(examples, levels, (rows) => [...rows]);
  expect(scores).toEqual({ '1': [0], '2': [1, 3] });
  expect(without).toBe(1);
});
