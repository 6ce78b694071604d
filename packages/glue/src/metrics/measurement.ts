/** What a metric returns. */
export interface Measurement {
  /** In [-1, 1], never NaN: 0 where the metric is undefined. */
  readonly value: number;
  /** Why it is undefined, if it is: half a sentence, such as "every prediction is the same". */
  readonly undefinedBecause?: string;
}

/** A metric of predictions (class ids, or values) against labels of the same length, at least 1. */
export type Metric = (predictions: readonly number[], labels: readonly number[]) => Measurement;

export function isConstant(values: readonly number[]): boolean {
  return values.every((value) => value === values[0]);
}

/** Why a correlation of the two is undefined: one of them does not vary. Undefined if both do. */
export function whyUncorrelated(predictions: readonly number[], labels: readonly number[]): string | undefined {
  if (isConstant(predictions)) return 'every prediction is the same';
  if (isConstant(labels)) return 'every label is the same';
  return undefined;
}
