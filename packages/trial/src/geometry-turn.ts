/** How an update turns and stretches the rows of a weight, and random updates to compare it with. */
import { fold, normal, type Key } from '@lomap/compile';
import type { Turn } from '@lomap/results';

/** A weight's shape: [out, in], row-major. */
export interface Shape {
  readonly out: number;
  readonly in: number;
}

/**
 * ΔM and ΔD of DoRA's analysis (arXiv 2402.09353, §3.2) per output, that is by the rows w_o of W [out, in], as its
 * implementations norm:
 *
 *   ΔM = mean over o of | ‖w*_o‖ - ‖w_o‖ |       ΔD = mean over o of 1 - cos(w*_o, w_o)
 *
 * and Pearson's correlation of the two over the outputs. 1 - cos is taken as ‖w*_o/‖w*_o‖ - w_o/‖w_o‖‖²/2, which loses no
 * digits to cancellation. Rows of norm 0 have no direction and are left out.
 */
export function turnOf(base: ArrayLike<number>, updated: ArrayLike<number>, { out, in: columns }: Shape): Turn {
  const lengths: number[] = [];
  const angles: number[] = [];
  for (let o = 0; o < out; o++) {
    const from = o * columns;
    const [a, b] = [rowNorm(base, from, columns), rowNorm(updated, from, columns)];
    if (a === 0 || b === 0) continue;
    let squares = 0;
    for (let i = from; i < from + columns; i++) squares += (updated[i]! / b - base[i]! / a) ** 2;
    lengths.push(Math.abs(b - a));
    angles.push(squares / 2);
  }
  const correlation = pearson(lengths, angles);
  return {
    ...{ magnitude: sixDigits(mean(lengths)), direction: sixDigits(mean(angles)) },
    correlation: correlation === null ? null : sixDigits(correlation),
  };
}

/** A number to six significant digits: hundreds of them are written into every result. */
export function sixDigits(value: number): number {
  return Number(value.toPrecision(6));
}

/** BA with A and B of standard normal entries, scaled to ‖BA‖_F = norm. [out, in] */
export function randomUpdate(key: Key, { out, in: columns }: Shape, rank: number, norm: number): Float64Array {
  const b = normal(fold(key, 'B'), out * rank);
  const a = normal(fold(key, 'A'), rank * columns);
  const product = new Float64Array(out * columns);
  for (let o = 0; o < out; o++) {
    for (let r = 0; r < rank; r++) {
      const factor = b[o * rank + r]!;
      for (let i = 0; i < columns; i++) product[o * columns + i]! += factor * a[r * columns + i]!;
    }
  }
  const size = frobenius(product);
  return product.map((value) => (value * norm) / size);
}

export function frobenius(values: ArrayLike<number>): number {
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += values[i]! ** 2;
  return Math.sqrt(squares);
}

/** Pearson's correlation; null for fewer than two values or where one side does not vary. */
export function pearson(x: readonly number[], y: readonly number[]): number | null {
  const [mx, my] = [mean(x), mean(y)];
  let [xy, xx, yy] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    xy += (x[i]! - mx) * (y[i]! - my);
    xx += (x[i]! - mx) ** 2;
    yy += (y[i]! - my) ** 2;
  }
  return xx > 0 && yy > 0 ? Math.max(-1, Math.min(1, xy / Math.sqrt(xx * yy))) : null;
}

function rowNorm(values: ArrayLike<number>, from: number, columns: number): number {
  let squares = 0;
  for (let i = from; i < from + columns; i++) squares += values[i]! ** 2;
  return Math.sqrt(squares);
}

/** 0 of nothing. */
function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
