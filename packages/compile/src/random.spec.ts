import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { bits, fold, key, normal, permutation, uniform } from './random.ts';

const rounded = (values: Float32Array): number[] => Array.from(values, (x) => Number(x.toFixed(6)));

describe('keys', () => {
  test('folding is the same as naming all labels at once', () => {
    expect(fold(key(1, 'a'), 'b', 3)).toEqual(key(1, 'a', 'b', 3));
  });

  test('every part counts, and so does where one label ends', () => {
    const keys = [
      key(1),
      key(2),
      key(1, 'a'),
      key(1, 'a', 'b'),
      key(1, 'ab'),
      key(1, 'b', 'a'),
      key(1, '2'),
      key(1, 2),
    ];
    expect(new Set(keys.map(bits)).size).toBe(keys.length);
  });

  test('a seed that is no safe integer is refused', () => {
    for (const seed of [0.5, NaN, 2 ** 53]) expect(() => key(seed)).toThrow(`A seed is an integer, not ${seed}.`);
  });
});

// A change of these values is a change of every recorded result.
describe('streams are pinned', () => {
  const of = key(1, 'pinned');
  test('bits', () => expect(bits(of)).toBe(1052718592));
  test('uniform', () => expect(rounded(uniform(of, 4))).toEqual([0.313271, 0.817785, 0.905514, 0.495697]));
  test('normal', () => expect(rounded(normal(of, 5))).toEqual([0.358185, -0.789514, -2.17144, 0.058723, -0.520613]));
  test('permutation', () => expect([...permutation(of, 8)]).toEqual([2, 1, 4, 0, 6, 5, 3, 7]));
});

describe('distributions', () => {
  const count = 20_000;

  test('uniform: the values of pure-rand, bit for bit', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: -9, max: 0 }), fc.integer({ min: 1, max: 9 }), (seed, low, high) => {
        const generator = xoroshiro128plus(bits(key(seed)));
        const expected = Float32Array.from({ length: 20 }, () => low + (high - low) * uniformFloat64(generator));
        expect(uniform(key(seed), 20, low, high)).toEqual(expected);
      }),
    );
  });

  test('uniform: range, mean and every tenth alike', () => {
    const values = uniform(key(3), count, -2, 3);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(-2);
    expect(Math.max(...values)).toBeLessThanOrEqual(3);
    const bins = new Array<number>(10).fill(0);
    for (const value of values) bins[Math.min(9, Math.floor(2 * (value + 2)))]! += 1;
    for (const bin of bins) expect(Math.abs(bin - count / 10)).toBeLessThan(200);
  });

  test('normal: mean and deviation', () => {
    const values = normal(key(4), count, 1, 2);
    const mean = values.reduce((a, b) => a + b) / count;
    const deviation = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / count);
    expect(mean).toBeCloseTo(1, 1);
    expect(deviation).toBeCloseTo(2, 1);
    expect(values.every(Number.isFinite)).toBe(true);
  });

  test('a longer stream begins as a shorter one does', () => {
    expect(uniform(key(5), 9).slice(0, 4)).toEqual(uniform(key(5), 4));
    expect(normal(key(5), 9).slice(0, 5)).toEqual(normal(key(5), 5));
  });

  test('a permutation holds every index once, for any seed and count', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.nat(200), (seed, n) => {
        const order = permutation(key(seed), n);
        expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
        expect(permutation(key(seed), n)).toEqual(order);
      }),
      { numRuns: 50 },
    );
  });

  test('the six orders of three come up alike', () => {
    const counts = new Map<string, number>();
    for (let seed = 0; seed < 3000; seed++) {
      const order = permutation(key(seed), 3).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const times of counts.values()) expect(Math.abs(times - 500)).toBeLessThan(100);
  });
});
