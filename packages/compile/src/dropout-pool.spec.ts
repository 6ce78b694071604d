import { readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { dropoutPool, POOL_SIZE } from './dropout-pool.ts';
import { readWeights, type WeightSource } from './frozen-source.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';

const cacheDirectory = join(temporaryFolder(), 'made', 'when missing');
const rate = 0.1;
let pool: WeightSource;
beforeAll(() => void (pool = dropoutPool(rate, cacheDirectory)));

test('a pool is multipliers: 0 at the rate, else 1/(1 - rate), so that the mean is 1', () => {
  const values = readWeights(pool);
  // Jest's own matcher takes seconds to look at so many.
  expect(values.length).toBe(POOL_SIZE);
  const kept = Math.fround(1 / (1 - rate));
  let [zeros, others] = [0, 0];
  for (const value of values) {
    if (value === 0) zeros++;
    else if (value === kept) others++;
  }
  expect(zeros + others).toBe(POOL_SIZE);
  // Four standard deviations of a binomial.
  expect(Math.abs(zeros - rate * POOL_SIZE)).toBeLessThan(4 * Math.sqrt(POOL_SIZE * rate * (1 - rate)));
});

test('the file is made once and found by every later run', () => {
  utimesSync(pool.file, new Date(0), new Date(0));
  expect(dropoutPool(rate, cacheDirectory)).toEqual(pool);
  expect(statSync(pool.file).mtimeMs).toBe(0);
  expect(readdirSync(cacheDirectory)).toHaveLength(1);
});

test('a file of the wrong size is made again, with the same bytes', () => {
  const bytes = readFileSync(pool.file);
  writeFileSync(pool.file, bytes.subarray(0, 100));
  dropoutPool(rate, cacheDirectory);
  expect(readFileSync(pool.file).equals(bytes)).toBe(true);
  expect(readdirSync(cacheDirectory)).toHaveLength(1);
});

test.each([-0.1, 1, NaN])('a rate of %p is refused', (bad) => {
  expect(() => dropoutPool(bad, cacheDirectory)).toThrow(`A dropout rate lies in [0, 1), not ${bad}.`);
});
