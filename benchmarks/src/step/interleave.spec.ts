import { expect, test } from '@jest/globals';
import { interleave } from './interleave.ts';

test('every round runs each once, every second in reverse, and short ones drop out', async () => {
  const order: string[] = [];
  const contestant = (key: string, runs: number) => ({
    key,
    runs,
    run: async () => {
      order.push(key);
      return order.length;
    },
  });
  const timed = await interleave([contestant('a', 3), contestant('slow', 1), contestant('b', 3)], 0);
  expect(order.join(' ')).toBe('a slow b b a a b');
  expect(timed).toEqual([
    { key: 'a', times: [1, 5, 6] },
    { key: 'slow', times: [2] },
    { key: 'b', times: [3, 4, 7] },
  ]);
});

test('nobody to time', async () => {
  expect(await interleave([], 0)).toEqual([]);
});
