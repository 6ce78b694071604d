import { describe, expect, test } from '@jest/globals';
import { leaseFrom, ReuseCache } from './reuse.ts';

class Value {
  readonly id: number;
  disposed = 0;

  constructor(id: number) {
    this.id = id;
  }

  dispose(): Promise<void> {
    this.disposed++;
    return Promise.resolve();
  }
}

function factory() {
  const made: Value[] = [];
  return {
    made,
    make: () => {
      const value = new Value(made.length);
      made.push(value);
      return Promise.resolve(value);
    },
  };
}

describe('ReuseCache', () => {
  test('gives a released value to the next lease of its key, and to no other key', async () => {
    const { made, make } = factory();
    const cache = new ReuseCache(4);
    const first = await cache.lease('a', make);
    await first.release();
    const other = await cache.lease('b', make);
    const again = await cache.lease('a', make);
    expect([first.value.id, other.value.id, again.value.id]).toEqual([0, 1, 0]);
    expect(made.map(({ disposed }) => disposed)).toEqual([0, 0]);
  });

  test('a value in use is not shared', async () => {
    const { make } = factory();
    const cache = new ReuseCache(4);
    const first = await cache.lease('a', make);
    const second = await cache.lease('a', make);
    expect(second.value.id).not.toBe(first.value.id);
  });

  test('disposes of the value used longest ago, once, and a double release changes nothing', async () => {
    const { made, make } = factory();
    const cache = new ReuseCache(2);
    for (const key of ['a', 'b', 'a', 'c']) {
      const lease = await cache.lease(key, make);
      await lease.release();
      await lease.release();
    }
    expect(made.map(({ disposed }) => disposed)).toEqual([0, 1, 0]);
    await cache.clear();
    expect(made.map(({ disposed }) => disposed)).toEqual([1, 1, 1]);
  });

  test('a value that could not be made leaves the cache usable', async () => {
    const { make } = factory();
    const cache = new ReuseCache(1);
    await expect(cache.lease('a', () => Promise.reject(new Error('no memory')))).rejects.toThrow('no memory');
    expect((await cache.lease('a', make)).value.id).toBe(0);
  });
});

test('without a cache a release disposes', async () => {
  const { made, make } = factory();
  const lease = await leaseFrom(undefined, 'train', make);
  await lease.release();
  expect(made[0]?.disposed).toBe(1);
});

test('purposes of one model are told apart', async () => {
  const { make } = factory();
  const reuse = { cache: new ReuseCache(4), identity: 'model' };
  for (const purpose of [{ batchSize: 1 }, { batchSize: 2 }]) await (await leaseFrom(reuse, purpose, make)).release();
  const lease = await leaseFrom(reuse, { batchSize: 1 }, make);
  expect(lease.value.id).toBe(0);
});
