/**
 * Holm's step-down adjustment of m p-values, which keeps the family-wise error rate: the i-th smallest (i from 0)
 * becomes the largest of (m - j)·p over the j ≤ i smallest, at most 1. Order is kept.
 */
export function holm(pValues: readonly number[]): number[] {
  const adjusted = new Array<number>(pValues.length);
  const order = pValues.map((p, index) => ({ p, index })).sort((a, b) => a.p - b.p);
  let largest = 0;
  order.forEach(({ p, index }, rank) => {
    largest = Math.max(largest, Math.min(1, (pValues.length - rank) * p));
    adjusted[index] = largest;
  });
  return adjusted;
}
