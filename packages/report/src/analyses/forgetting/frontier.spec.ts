import { describe, expect, test } from '@jest/globals';
import { atScore, frontierOf, type Point } from './frontier.ts';
import { atNorm, normCurveOf } from './isotonic.ts';
import { pchip, type Knot } from './pchip.ts';

function points(...pairs: readonly (readonly [x: number, forgotten: number])[]): Point[] {
  return pairs.map(([x, forgotten], i) => ({ learningRate: 1e-3, epoch: i + 1, score: x, norm: x, forgotten }));
}

describe('frontierOf', () => {
  test('keeps what no other point beats, by ascending score', () => {
    const frontier = frontierOf(points([70, 3], [60, 1], [65, 3.5], [72, 5], [71, 2.5], [50, 1.5]));
    expect(frontier.map(({ score, forgotten }) => [score, forgotten])).toEqual([
      [60, 1],
      [71, 2.5],
      [72, 5],
    ]);
  });

  test('of ties the better is kept, of equal points one', () => {
    expect(frontierOf(points([70, 2], [70, 1], [60, 1])).map(({ score }) => score)).toEqual([70]);
    expect(frontierOf(points([70, 1], [70, 1]))).toHaveLength(1);
  });
});

describe('atScore', () => {
  const frontier = frontierOf(points([60, 1], [70, 3], [80, 9]));

  test('is smooth between points, exact on them, and says what a trained point costs', () => {
    expect(atScore(frontier, 75)).toEqual({ forgotten: 5.375, attained: 9, bracketed: true });
    expect(atScore(frontier, 70)).toEqual({ forgotten: 3, attained: 3, bracketed: true });
    expect(atScore(frontier, 60)).toEqual({ forgotten: 1, attained: 1, bracketed: true });
  });

  test('extrapolates nothing: an upper bound below, null above', () => {
    expect(atScore(frontier, 50)).toEqual({ forgotten: 1, attained: 1, bracketed: false });
    expect(atScore(frontier, 80.1)).toBeNull();
    expect(atScore([], 1)).toBeNull();
  });

  test('what was gained rather than forgotten is negative', () => {
    expect(atScore(frontierOf(points([60, -2], [70, 0])), 65)?.forgotten).toBe(-1);
  });
});

describe('pchip', () => {
  // scipy.interpolate.PchipInterpolator
  test.each<[Knot[], Knot[]]>([
    [
      [
        [60, 1],
        [70, 3],
        [80, 9],
      ],
      [
        [62, 1.112],
        [65, 1.625],
        [70, 3],
        [75, 5.375],
        [79, 8.210999999999999],
      ],
    ],
    [
      [
        [50, -0.2],
        [60, 0.1],
        [63, 0.15],
        [70, 0.9],
        [72, 2],
        [72.5, 5],
      ],
      [
        [50, -0.2],
        [52, -0.12379444295541855],
        [61, 0.11618107491711321],
        [66, 0.3203833274423035],
        [71, 1.1990326485841667],
        [72.25, 3.13242445054945],
        [72.5, 5],
      ],
    ],
    [
      [
        [0, 0],
        [1, 1],
        [2, 0],
        [3, 5],
      ],
      [
        [0.5, 0.75],
        [1.5, 0.5],
        [2.5, 1.5],
      ],
    ],
    [
      [
        [1, 2],
        [3, 6],
      ],
      [
        [1, 2],
        [2, 4],
        [3, 6],
      ],
    ],
    [[[1, 2]], [[1, 2]]],
  ])('%j agrees with SciPy', (knots, values) => {
    for (const [x, y] of values) expect(pchip(knots, x)).toBeCloseTo(y, 12);
  });

  test('extrapolates nothing', () => {
    for (const x of [0.9, 3.1])
      expect(() =>
        pchip(
          [
            [1, 2],
            [3, 6],
          ],
          x,
        ),
      ).toThrow(/outside the knots/);
  });
});

describe('normCurveOf', () => {
  test('keeps points that are monotone already, in whatever order they come', () => {
    expect(normCurveOf(points([4, 3], [1, 1], [2, 2])).map(({ forgotten }) => forgotten)).toEqual([1, 2, 3]);
  });

  test('is the isotonic regression', () => {
    // scikit-learn: IsotonicRegression().fit_transform([1, 2, 3, 4, 5, 6, 7], [1, 2, 6, 2, 3, 10, 9])
    const curve = normCurveOf(points([1, 1], [2, 2], [3, 6], [4, 2], [5, 3], [6, 10], [7, 9]));
    const expected = [1, 2, 11 / 3, 11 / 3, 11 / 3, 9.5, 9.5];
    curve.forEach(({ forgotten }, i) => expect(forgotten).toBeCloseTo(expected[i]!, 12));
  });

  test('averages equal norms with their weight, and leaves out what did not move', () => {
    const curve = normCurveOf(points([0, 7], [1, 2], [1, 4], [2, 0]));
    expect(curve).toEqual([
      { norm: 1, forgotten: 2 },
      { norm: 2, forgotten: 2 },
    ]);
  });

  test('is straight in the logarithm between knots and null outside', () => {
    const curve = normCurveOf(points([1, 1], [100, 3]));
    expect(atNorm(curve, 10)).toBeCloseTo(2, 12);
    expect([1, 100].map((norm) => atNorm(curve, norm))).toEqual([1, 3]);
    expect([0.99, 101].map((norm) => atNorm(curve, norm))).toEqual([null, null]);
    expect(atNorm([], 1)).toBeNull();
  });
});
