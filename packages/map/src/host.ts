/** Dense matrices in float64 on the host: the reference of every formula, and what merging uses. */
import type { Along, MatrixShape } from './types.ts';

/** ‖M‖ along: one value, [out] or [in]. M is row-major. */
export function denseNorms({ out, in: columns }: MatrixShape, values: ArrayLike<number>, along: Along): Float64Array {
  const squares = new Float64Array(along === 'global' ? 1 : along === 'row' ? out : columns);
  for (let o = 0; o < out; o++) {
    for (let i = 0; i < columns; i++) {
      const value = values[o * columns + i]!;
      const entry = along === 'global' ? 0 : along === 'row' ? o : i;
      squares[entry] = squares[entry]! + value * value;
    }
  }
  return squares.map(Math.sqrt);
}

/** M with all entries, each row or each column multiplied by its factor. */
export function denseScaled(
  { out, in: columns }: MatrixShape,
  values: ArrayLike<number>,
  by: ArrayLike<number>,
  along: Along,
): Float64Array {
  const scaled = new Float64Array(out * columns);
  for (let o = 0; o < out; o++) {
    for (let i = 0; i < columns; i++) {
      const entry = along === 'global' ? 0 : along === 'row' ? o : i;
      scaled[o * columns + i] = values[o * columns + i]! * by[entry]!;
    }
  }
  return scaled;
}

/** BA of A [rank, in] and B [out, rank]. */
export function denseProduct(
  { out, in: columns }: MatrixShape,
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  rank: number,
): Float64Array {
  const product = new Float64Array(out * columns);
  for (let o = 0; o < out; o++) {
    for (let r = 0; r < rank; r++) {
      const factor = b[o * rank + r]!;
      for (let i = 0; i < columns; i++) product[o * columns + i]! += factor * a[r * columns + i]!;
    }
  }
  return product;
}

/** ‖BA‖_F of A [rank, in] and B [out, rank] without BA: √<BᵀB, AAᵀ>, in float64. */
export function productNorm(a: ArrayLike<number>, b: ArrayLike<number>, rank: number): number {
  const [columns, out] = [a.length / rank, b.length / rank];
  let square = 0;
  for (let p = 0; p < rank; p++) {
    for (let q = 0; q <= p; q++) {
      let [ofA, ofB] = [0, 0];
      for (let i = 0; i < columns; i++) ofA += a[p * columns + i]! * a[q * columns + i]!;
      for (let o = 0; o < out; o++) ofB += b[o * rank + p]! * b[o * rank + q]!;
      square += (p === q ? 1 : 2) * ofA * ofB;
    }
  }
  return Math.sqrt(Math.max(square, 0));
}

/** M + sN elementwise. */
export function denseSum(m: ArrayLike<number>, n: ArrayLike<number>, s = 1): Float64Array {
  return Float64Array.from({ length: m.length }, (_, i) => m[i]! + s * n[i]!);
}
