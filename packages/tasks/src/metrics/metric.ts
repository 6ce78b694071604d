/** What a metric is: a number of predictions, and how it is read. */

export interface Metric {
  /** The name in tasks, results and records: lower-case letters, digits and `_`. */
  readonly name: string;
  /** The name in tables. */
  readonly title: string;
  /** Which of two values is the better one. */
  readonly better: 'larger' | 'smaller';
  /** What values are multiplied by in print: 100 for shares and correlations. */
  readonly scale: number;
  /** The unit of a printed value: `points`. */
  readonly unit: string;
  /**
   * The value of a model that says nothing, such as 0 of a correlation. It stands where outputs are not finite, and in a search
   * for a trial whose predictions hardly vary: no learning rate is chosen for the score of a constant.
   */
  readonly floor: number;
  readonly measure: Measure;
}

/**
 * Measures predictions (class ids, or values) against labels of the same length, at least 1; `outputs` are the model's own,
 * [n, numLabels], which the predictions were read from.
 */
export type Measure = (
  predictions: readonly number[],
  labels: readonly number[],
  outputs: readonly (readonly number[])[],
) => Measurement;

/** A measure that asks for no outputs. */
export type Agreement = (predictions: readonly number[], labels: readonly number[]) => Measurement;

export interface Measurement {
  /** Finite: some fixed value, 0 for those of this package, where the metric is undefined. */
  readonly value: number;
  /** Why it is undefined, if it is: half a sentence, such as "every prediction is the same". */
  readonly undefinedBecause?: string;
}

/** What is better, in points, than a smaller number of them, and is 0 of a model that says nothing. */
export const shareOfOne = { better: 'larger', scale: 100, unit: 'points', floor: 0 } as const;

export function isConstant(values: readonly number[]): boolean {
  return values.every((value) => value === values[0]);
}

/** Why a correlation of the two is undefined: one of them does not vary. Undefined if both do. */
export function whyUncorrelated(predictions: readonly number[], labels: readonly number[]): string | undefined {
  if (isConstant(predictions)) return 'every prediction is the same';
  if (isConstant(labels)) return 'every label is the same';
  return undefined;
}
