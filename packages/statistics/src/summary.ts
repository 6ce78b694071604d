import tQuantile from '@stdlib/stats-base-dists-t-quantile';

/** What a sample of n values says about its mean. */
export interface Summary {
  readonly n: number;
  readonly mean: number;
  /** Sample standard deviation, Σ(x - mean)² / (n - 1) under the root; null for n = 1. */
  readonly deviation: number | null;
  /** The 95 % interval of Student's t, mean ± t(.975; n - 1) · deviation / √n; null for n = 1. */
  readonly interval: readonly [low: number, high: number] | null;
}

const CONFIDENCE = 0.95;

/** Mean, deviation and t interval of a sample; null of an empty one. */
export function summarize(values: readonly number[]): Summary | null {
  const n = values.length;
  if (n === 0) return null;
  const mean = average(values);
  if (n === 1) return { n, mean, deviation: null, interval: null };
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1));
  const half = (tQuantile((1 + CONFIDENCE) / 2, n - 1) * deviation) / Math.sqrt(n);
  return { n, mean, deviation, interval: [mean - half, mean + half] };
}

/** The arithmetic mean; NaN of nothing. */
export function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
