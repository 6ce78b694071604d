import { average } from '@lomap/statistics';

/** Pearson's correlation; null for fewer than three pairs, of which it is ±1 or nothing, and where a side is constant. */
export function correlation(x: readonly number[], y: readonly number[]): number | null {
  if (x.length < 3) return null;
  const [mx, my] = [average(x), average(y)];
  const sum = (of: (i: number) => number) => x.reduce((total, _, i) => total + of(i), 0);
  const xx = sum((i) => (x[i]! - mx) ** 2);
  const yy = sum((i) => (y[i]! - my) ** 2);
  if (!(xx > 0 && yy > 0)) return null;
  const r = sum((i) => (x[i]! - mx) * (y[i]! - my)) / Math.sqrt(xx * yy);
  return Math.max(-1, Math.min(1, r));
}
