import { expect, test } from '@jest/globals';
import { classifierOf, rowsOfLengths, typicalBatch } from './batch.ts';

test('a typical batch is the one with the median number of tokens', () => {
  const lengths = Array.from({ length: 40 }, (_, i) => 1 + (i % 7));
  const batch = typicalBatch(lengths, 8);
  expect(batch).toHaveLength(8);
  const sum = batch.reduce((total, length) => total + length, 0);
  expect(Math.abs(sum - 8 * 3.925)).toBeLessThan(8);
  expect(typicalBatch(lengths, 8)).toEqual(batch);
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
