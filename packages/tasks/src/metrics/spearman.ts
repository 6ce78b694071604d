import type { Agreement } from './metric.ts';
import { pearson } from './pearson.ts';

/** Spearman's ρ: Pearson's r of the ranks, tied values sharing the mean of theirs. */
export const spearman: Agreement = (predictions, labels) => pearson(ranks(predictions), ranks(labels));

/** Ranks from 1, in the order of the values given; tied ones get their average rank: [7, 3, 7] → [2.5, 1, 2.5]. */
export function ranks(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((i, j) => values[i]! - values[j]!);
  const result = new Array<number>(values.length);
  for (let start = 0; start < order.length;) {
    let end = start + 1;
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++;
    for (const i of order.slice(start, end)) result[i] = (start + 1 + end) / 2;
    start = end;
  }
  return result;
}
