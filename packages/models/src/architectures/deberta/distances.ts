/** Which row of DeBERTa's table each distance has. */
import type { RelativePositions } from './config.ts';

/**
 * The row of the table for a distance d, query minus key: clamp(b(d) + span, 0, 2 span - 1).
 *
 * b(d) = d up to mid = ⌊span/2⌋; beyond, distances share logarithmic buckets,
 * b(d) = sign(d) (⌈ln(|d|/mid) / ln((bucketsUpTo - 1)/mid) · (mid - 1)⌉ + mid). As HF's make_log_bucket_position, in
 * doubles: at the last distances the logarithms' quotient is a whole number, which a float's rounding would miss.
 */
export function rowOfDistance(distance: number, { span, bucketsUpTo }: RelativePositions): number {
  const mid = Math.floor(span / 2);
  const far = Math.abs(distance);
  let bucket = distance;
  if (bucketsUpTo !== null && far > mid) {
    const share = Math.log(far / mid) / Math.log((bucketsUpTo - 1) / mid);
    bucket = Math.sign(distance) * (Math.ceil(share * (mid - 1)) + mid);
  }
  return Math.min(Math.max(bucket + span, 0), 2 * span - 1);
}

/** The rows of the distances length - 1, length - 2, …, -length: 2 · length of them. */
export function rowsOfDistances(length: number, relative: RelativePositions): Int32Array {
  return Int32Array.from({ length: 2 * length }, (_, k) => rowOfDistance(length - 1 - k, relative));
}
