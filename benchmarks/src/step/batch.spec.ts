import { expect, test } from '@jest/globals';
import { dataOrder } from '@lomap/train';
import { classifierOf, rowsOfLengths, typicalBatch } from './batch.ts';

test('a typical batch is the one with the median number of tokens', () => {
  // Powers of two: no two batches have the same number of tokens.
  const lengths = Array.from({ length: 12 }, (_, i) => 2 ** i);
  const tokens = (rows: readonly number[]): number => rows.reduce((total, length) => total + length, 0);
  const batches = [0, 1, 2].map((step) => Array.from(dataOrder(0, 12, 4)(step), (row) => lengths[row]!));
  const [, median] = batches.sort((a, b) => tokens(a) - tokens(b));
  expect(typicalBatch(lengths, 4)).toEqual(median);
  expect(() => typicalBatch([1, 2], 3)).toThrow('A batch of 3 is more than the 2');
});

test('rows have their lengths and ids of the vocabulary', () => {
  const rows = rowsOfLengths([3, 1]);
  expect(rows.map((row) => row.length)).toEqual([3, 1]);
  expect(rows.flat().every((id) => id >= 2000 && id < 27000)).toBe(true);
  const classifier = classifierOf(16);
  expect(classifier.map((row) => row.length)).toEqual([16, 16]);
  expect(new Set(classifier.flat()).size).toBeGreaterThan(20);
});
