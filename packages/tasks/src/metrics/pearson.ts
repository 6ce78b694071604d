import { type Agreement, whyUncorrelated } from './metric.ts';

/** Pearson's r: <x - x̄, y - ȳ> / (‖x - x̄‖·‖y - ȳ‖). Undefined if predictions or labels are constant. */
export const pearson: Agreement = (predictions, labels) => {
  const why = whyUncorrelated(predictions, labels);
  if (why) return { value: 0, undefinedBecause: why };
  const x = direction(predictions);
  const y = direction(labels);
  const cosine = x.reduce((sum, value, i) => sum + value * y[i]!, 0);
  return { value: Math.max(-1, Math.min(1, cosine)) };
};

/** The deviations from the mean, scaled to norm 1. Scaled to maximum 1 first: no square overflows or vanishes. */
function direction(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value / values.length, 0);
  const deviations = values.map((value) => value - mean);
  const largest = deviations.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const norm = Math.sqrt(deviations.reduce((sum, value) => sum + (value / largest) ** 2, 0));
  return deviations.map((value) => value / largest / norm);
}
