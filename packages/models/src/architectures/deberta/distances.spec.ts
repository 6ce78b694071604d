import { describe, expect, test } from '@jest/globals';
import { rowOfDistance, rowsOfDistances } from './distances.ts';

const base = { sharesProjections: true, contentToPosition: true, positionToContent: true };
const v3 = { ...base, span: 256, bucketsUpTo: 512 };

describe("v3's buckets", () => {
  test('each distance up to half the span has a row of its own', () => {
    for (let distance = -128; distance <= 128; distance++) expect(rowOfDistance(distance, v3)).toBe(distance + 256);
  });

  test.each([
    [200, 169],
    [256, 192],
    [300, 207],
    [500, 254],
    [511, 255],
    [600, 255],
  ])(
    '%i is in the bucket %i, as in make_log_bucket_position of transformers 5.24, behind and before',
    (distance, bucket) => {
      expect(rowOfDistance(distance, v3)).toBe(256 + bucket);
      expect(rowOfDistance(-distance, v3)).toBe(Math.max(256 - (distance === 600 ? 270 : bucket), 0));
    },
  );
});

test('without buckets, distances beyond the span are its last', () => {
  const rows = rowsOfDistances(5, { ...base, span: 3, bucketsUpTo: null });
  expect([...rows]).toEqual([5, 5, 5, 4, 3, 2, 1, 0, 0, 0]);
});
