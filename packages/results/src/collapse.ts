import type { Trial } from './schema/trial.ts';

/** A regression's predictions with a smaller standard deviation than this hardly vary. In the labels' unit. */
export const LEAST_DEVIATION = 1e-3;

/**
 * Whether a model says (nearly) the same of every example, so that its score is that of a constant: one class has the
 * largest logit in every row (the first of equal ones), or a regression's predictions have a standard deviation (over n)
 * below `LEAST_DEVIATION` or one that is no number. False without examples, and with one, which cannot vary.
 */
export function hardlyVary(outputs: readonly (readonly number[])[]): boolean {
  if (outputs.length < 2) return false;
  if (outputs.every(({ length }) => length === 1))
    return !(deviation(outputs.map(([value]) => value!)) >= LEAST_DEVIATION);
  const first = largest(outputs[0]!);
  return outputs.every((row) => largest(row) === first);
}

/** Whether a trial's predictions on its selection split hardly varied at the chosen epoch; null where the result does not say. */
export function collapsedOnSelection({ epochs, chosenEpoch }: Pick<Trial, 'epochs' | 'chosenEpoch'>): boolean | null {
  return epochs.find(({ epoch }) => epoch === chosenEpoch)?.collapsed ?? null;
}

/** Whether a trial's predictions on some dev split hardly vary; null where the result does not say. */
export function collapsedOnDev({ devCollapsed }: Pick<Trial, 'devCollapsed'>): boolean | null {
  const splits = Object.values(devCollapsed ?? {});
  return splits.length === 0 ? null : splits.some(Boolean);
}

function deviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

function largest(row: readonly number[]): number {
  return row.reduce((best, value, i) => (value > row[best]! ? i : best), 0);
}
