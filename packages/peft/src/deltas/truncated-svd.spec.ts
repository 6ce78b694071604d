import { describe, expect, test } from '@jest/globals';
import { denseProduct, denseSum, frozenWeight, type MatrixShape, type Weight } from '@lomap/map';
import { weightOf } from '@lomap/map/testing';
import { truncatedSvd } from './truncated-svd.ts';

const weightWith = (shape: MatrixShape, values: Float32Array): Weight =>
  frozenWeight(
    'layer',
    shape,
    () => values,
    () => {
      throw new Error('not needed');
    },
  );
/** U diag(σ) Vᵀ. */
const product = (w: MatrixShape, rank: number, { u, sigma, v }: ReturnType<typeof truncatedSvd>): Float64Array => {
  const right = Float64Array.from({ length: rank * w.in }, (_, k) => {
    const [r, i] = [Math.floor(k / w.in), k % w.in];
    return sigma[r]! * v[i * rank + r]!;
  });
  return denseProduct(w, right, u, rank);
};
const norm = (values: ArrayLike<number>): number => Math.hypot(...Array.from(values));

describe.each([
  { out: 9, in: 13 },
  { out: 13, in: 9 },
  { out: 70, in: 90 },
])('%j', (shape) => {
  const w = weightOf(shape);
  test('the full decomposition is W', () => {
    const side = Math.min(shape.out, shape.in);
    const difference = denseSum(w.values(), product(shape, side, truncatedSvd(w, side)), -1);
    expect(norm(difference) / norm(w.values())).toBeLessThan(1e-9);
  });
  test('the truncated one leaves exactly the other singular values, and its vectors are orthonormal', () => {
    const rank = 4;
    const all = truncatedSvd(w, Math.min(shape.out, shape.in)).sigma;
    const svd = truncatedSvd(w, rank);
    svd.sigma.forEach((value, r) => expect(value).toBeCloseTo(all[r]!, 8));
    const rest = norm(denseSum(w.values(), product(shape, rank, svd), -1));
    expect(rest).toBeCloseTo(norm(all.slice(rank)), 8);
    for (const [vectors, size] of [
      [svd.u, shape.out],
      [svd.v, shape.in],
    ] as const) {
      for (let a = 0; a < rank; a++) {
        for (let b = 0; b < rank; b++) {
          let inner = 0;
          for (let i = 0; i < size; i++) inner += vectors[i * rank + a]! * vectors[i * rank + b]!;
          expect(inner).toBeCloseTo(Number(a === b), 7);
        }
      }
    }
  });
});

test('a diagonal matrix with equal and zero values', () => {
  const values = new Float32Array(16);
  [3, 5, 3, 0].forEach((value, i) => (values[i * 5] = value));
  expect(
    [...truncatedSvd(weightWith({ out: 4, in: 4 }, values), 4).sigma].map((v) => Math.round(v * 1e6) / 1e6),
  ).toEqual([5, 3, 3, 0]);
});

test('a rank that W has not is refused', () => {
  expect(() => truncatedSvd(weightOf({ out: 3, in: 5 }), 4)).toThrow(
    /layer: rank 4 is more than the 3 singular values/,
  );
});
