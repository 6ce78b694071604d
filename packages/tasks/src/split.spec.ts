import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { selectionSplit, subset } from './split.ts';

const rows = (count: number) => Array.from({ length: count }, (_, index) => ({ index }));
const size = fc.nat({ max: 300 });
const seed = fc.maxSafeInteger();
const isOrdered = (part: { index: number }[]) => part.every(({ index }, i) => i === 0 || index > part[i - 1]!.index);

describe('selectionSplit', () => {
  test('divides the examples: none lost, none twice, in order, repeatable', () => {
    const options = fc.record({ fraction: fc.double({ min: 0, max: 0.999, noNaN: true }), maximum: size, seed });
    fc.assert(
      fc.property(size, options, (count, option) => {
        const { train, selection } = selectionSplit(rows(count), option);
        expect(selection).toHaveLength(Math.min(Math.floor(option.fraction * count), option.maximum));
        expect([...train, ...selection].sort((a, b) => a.index - b.index)).toEqual(rows(count));
        expect(isOrdered(train) && isOrdered(selection)).toBe(true);
        expect(selectionSplit(rows(count), option)).toEqual({ train, selection });
      }),
    );
  });

  test('takes one tenth, at most 2000', () => {
    const option = { fraction: 0.1, maximum: 2000, seed: 1 };
    expect(selectionSplit(rows(3668), option).selection).toHaveLength(366);
    expect(selectionSplit(rows(67349), option).selection).toHaveLength(2000);
  });

  test('draws evenly from all the file', () => {
    const { selection } = selectionSplit(rows(10_000), { fraction: 0.1, maximum: 2000, seed: 7 });
    const byTenth = Array.from({ length: 10 }, (_, i) => selection.filter((row) => row.index % 10 === i).length);
    const byStretch = Array.from(
      { length: 10 },
      (_, i) => selection.filter((r) => Math.floor(r.index / 1e3) === i).length,
    );
    // 100 expected, standard deviation 9.
    for (const count of [...byTenth, ...byStretch]) expect(Math.abs(count - 100)).toBeLessThan(45);
  });

  test('does not change between versions', () => {
    const { selection } = selectionSplit(rows(50), { fraction: 0.1, maximum: 10, seed: 42 });
    expect(selection.map(({ index }) => index)).toEqual([1, 3, 20, 24, 41]);
    expect(subset(rows(50), 5, 42).map(({ index }) => index)).toEqual([4, 8, 13, 26, 30]);
  });

  test('another seed, neighbouring or far, draws another part', () => {
    const draw = (seed: number) => selectionSplit(rows(1000), { fraction: 0.1, maximum: 100, seed }).selection;
    const seeds = [0, 1, 2, -1, 2 ** 32, 2 ** 32 + 1];
    expect(new Set(seeds.map((seed) => JSON.stringify(draw(seed)))).size).toBe(seeds.length);
  });

  test('refuses what makes no sense', () => {
    const split = (fraction: number, maximum: number, seed: number) => () =>
      selectionSplit(rows(10), { fraction, maximum, seed });
    expect(split(1, 10, 0)).toThrow('A selection fraction is in [0, 1), not 1');
    expect(split(NaN, 10, 0)).toThrow(RangeError);
    expect(split(0.1, -1, 0)).toThrow('is a non-negative integer, not -1');
    expect(split(0.1, 10, 0.5)).toThrow('A seed is an integer, not 0.5');
  });
});

describe('subset', () => {
  test('has the size asked for or all, in order, and grows with it', () => {
    fc.assert(
      fc.property(size, size, size, seed, (count, a, b, seed) => {
        const smaller = subset(rows(count), Math.min(a, b), seed);
        const larger = subset(rows(count), Math.max(a, b), seed);
        expect(smaller).toHaveLength(Math.min(a, b, count));
        expect(isOrdered(larger)).toBe(true);
        const members = new Set(larger.map(({ index }) => index));
        expect(smaller.every(({ index }) => members.has(index))).toBe(true);
      }),
    );
  });

  test('is drawn apart from the selection split of that seed', () => {
    const selection = selectionSplit(rows(1000), { fraction: 0.1, maximum: 100, seed: 3 }).selection;
    expect(subset(rows(1000), 100, 3)).not.toEqual(selection);
  });

  test('refuses a size that is none', () => {
    expect(() => subset(rows(3), 1.5, 0)).toThrow('The size of a subset is a non-negative integer, not 1.5.');
  });
});
