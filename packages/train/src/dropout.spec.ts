import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { disposeFrozen, POOL_SIZE, tf } from '@lomap/compile';
import { dropoutOffsets, dropoutSites, MAX_SITES } from './dropout.ts';

let cacheDirectory: string;
beforeAll(async () => {
  await tf.setBackend('cpu');
  cacheDirectory = await mkdtemp(join(tmpdir(), 'lomap-dropout-'));
});
afterAll(async () => {
  disposeFrozen();
  await rm(cacheDirectory, { recursive: true, force: true });
});

describe('dropoutOffsets', () => {
  test('depend on the name of a site, not on how many there are', () => {
    const lora = dropoutOffsets(1, 5, ['embeddings', 'layer.0']);
    const head = dropoutOffsets(1, 5, ['layer.0']);
    expect(lora).toHaveLength(MAX_SITES);
    expect(lora[1]).toBe(head[0]);
    expect(lora[0]).not.toBe(lora[1]);
  });

  test('differ by step and seed and leave room for a window of half the pool', () => {
    const all = [0, 1, 2].flatMap((seed) => [0, 1, 2].map((step) => dropoutOffsets(seed, step, ['x'])[0]!));
    expect(new Set(all).size).toBe(9);
    for (const offset of all) {
      expect(offset).toBeGreaterThanOrEqual(0);
      expect(offset).toBeLessThan(POOL_SIZE / 2);
    }
  });
});

describe('dropoutSites', () => {
  test('takes the names of an earlier process, once, and nothing else', () => {
    const sites = dropoutSites(cacheDirectory);
    for (const damaged of [null, 'x', [1], ['x', 'x'], Array.from({ length: MAX_SITES + 1 }, (_, i) => `${i}`)]) {
      expect(sites.restore(damaged)).toBe(false);
    }
    expect(sites.names).toEqual([]);
    expect(sites.restore(['b', 'a'])).toBe(true);
    expect(sites.restore(['b', 'a'])).toBe(true);
    expect(sites.restore(['a', 'b'])).toBe(false);
    expect(sites.names).toEqual(['b', 'a']);
  });

  test('gives sites their index in call order, and an equal name its first', () => {
    const sites = dropoutSites(cacheDirectory);
    for (let trace = 0; trace < 2; trace++) {
      tf.tidy(() => {
        const dropout = sites.at(tf.zeros([MAX_SITES], 'int32'));
        for (const site of ['a', 'b', 'a', 'c']) dropout(tf.ones([4]), site, 0.5);
        dropout(tf.ones([4]), 'none', 0);
      });
      expect(sites.names).toEqual(['a', 'b', 'c']);
    }
  });

  test('drops about the rate, scales the rest, repeats itself and differs by site', () => {
    const sites = dropoutSites(cacheDirectory);
    const masks = (): Float32Array[] =>
      tf.tidy(() => {
        const run = (): Float32Array[] => {
          const dropout = sites.at(tf.tensor1d(dropoutOffsets(0, 0, sites.names), 'int32'));
          return ['a', 'b'].map((site) => dropout(tf.ones([100, 100]), site, 0.5).dataSync() as Float32Array);
        };
        if (sites.names.length === 0) run();
        return run();
      });
    const [a, b] = masks();
    expect([...new Set(a)].sort()).toEqual([0, 2]);
    // The mean of 10,000 such values has a standard deviation of .01.
    expect(Math.abs(a!.reduce((sum, value) => sum + value, 0) / 10_000 - 1)).toBeLessThan(0.05);
    expect(a).not.toEqual(b);
    expect(masks()).toEqual([a, b]);
  });

  test('refuses a rate outside [0, 1)', () => {
    const dropout = dropoutSites(cacheDirectory).at(tf.zeros([MAX_SITES], 'int32'));
    expect(() => dropout(tf.ones([1]), 'layer.0', 1)).toThrow('The dropout rate at layer.0 is 1; expected [0, 1)');
  });
});
