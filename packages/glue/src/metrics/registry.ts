/** The metrics by the names that results and reports use. */
import { accuracy } from './accuracy.ts';
import { f1 } from './f1.ts';
import { matthewsCorrelation } from './matthews-correlation.ts';
import type { Metric } from './measurement.ts';
import { pearson } from './pearson.ts';
import { spearman } from './spearman.ts';

/** The mean of Pearson's and Spearman's correlation: GLUE's score of STS-B. */
export const pearsonSpearman: Metric = (predictions, labels) => {
  const r = pearson(predictions, labels);
  const rho = spearman(predictions, labels);
  return { ...r, value: (r.value + rho.value) / 2 }; // Both are undefined for the same vectors.
};

export const metrics = {
  accuracy,
  f1,
  matthews_correlation: matthewsCorrelation,
  pearson,
  spearman,
  pearson_spearman: pearsonSpearman,
} as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof metrics;
