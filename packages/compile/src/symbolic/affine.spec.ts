import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { evaluate, fitAffine } from './affine.ts';
import { tracePoints } from './unify.ts';

const points = tracePoints(['N', 'S']);

describe('fitAffine', () => {
  test('finds every affine size with whole coefficients, and leaves out symbols that do not matter', () => {
    const coefficient = fc.integer({ min: -50, max: 50 });
    fc.assert(
      fc.property(coefficient, coefficient, coefficient, (constant, n, s) => {
        const size = (point: Readonly<Record<string, number>>): number => constant + n * point['N']! + s * point['S']!;
        const fitted = fitAffine(points.map(size), points, 'A size');
        expect(fitted).toEqual({ constant, coefficients: { ...(n && { N: n }), ...(s && { S: s }) } });
        const elsewhere = { N: 1000, S: 7 };
        expect(evaluate(fitted, elsewhere)).toBe(size(elsewhere));
      }),
      { numRuns: 50 },
    );
  });

  test.each<[string, (n: number, s: number) => number]>([
    ['a product of symbols', (n, s) => n * s],
    ['a square', (_, s) => s * s],
    ['half of a symbol', (n) => n / 2],
    ['half of a symbol, rounded', (n) => Math.floor(n / 2)],
    ['a remainder', (n) => n % 8],
    ['a maximum that changes sides', (n) => Math.max(n, 60)],
  ])('refuses %s, with what was seen and the remedy', (_, size) => {
    const values = points.map((point) => size(point['N']!, point['S']!));
    const message = `A size of Slice depends on the batch's sizes in a way that is not affine: ${values[0]} at {"N":61,"S":13}`;
    expect(() => fitAffine(values, points, 'A size of Slice')).toThrow(message);
    expect(() => fitAffine(values, points, 'A size of Slice')).toThrow(/open size \(-1\).*as an input/);
  });
});
