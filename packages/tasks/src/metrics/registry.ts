/** The metrics, by the names that tasks, results and reports use. */
import { accuracy } from './accuracy.ts';
import { f1 } from './f1.ts';
import { matthewsCorrelation } from './matthews-correlation.ts';
import { shareOfOne, type Agreement, type Metric } from './metric.ts';
import { pearson } from './pearson.ts';
import { spearman } from './spearman.ts';

/** The mean of Pearson's and Spearman's correlation: GLUE's score of STS-B. */
export const pearsonSpearman: Agreement = (predictions, labels) => {
  const r = pearson(predictions, labels);
  const rho = spearman(predictions, labels);
  return { ...r, value: (r.value + rho.value) / 2 }; // Both are undefined for the same vectors.
};

const metrics: Metric[] = [
  { name: 'accuracy', title: 'accuracy', ...shareOfOne, measure: accuracy },
  { name: 'f1', title: 'F1', ...shareOfOne, measure: f1 },
  { name: 'matthews_correlation', title: "Matthews' correlation", ...shareOfOne, measure: matthewsCorrelation },
  { name: 'pearson', title: 'Pearson correlation', ...shareOfOne, measure: pearson },
  { name: 'spearman', title: 'Spearman correlation', ...shareOfOne, measure: spearman },
  { name: 'pearson_spearman', title: 'mean of Pearson and Spearman', ...shareOfOne, measure: pearsonSpearman },
];

/**
 * Adds a metric for this process: tasks may name it, and tables print it as it says.
 *
 * @throws RangeError for a name that is taken or is none, and for a scale or floor that is no number to print.
 */
export function registerMetric(metric: Metric): void {
  const { name, scale, floor } = metric;
  const better: string = metric.better;
  const fail = (problem: string): RangeError => new RangeError(`Metric ${JSON.stringify(name)}: ${problem}`);
  if (!/^[a-z][a-z0-9_]*$/.test(name)) throw fail('a name is lower-case letters, digits and "_", from a letter.');
  if (findMetric(name)) throw fail('the registry has one of this name; give your own another.');
  if (better !== 'larger' && better !== 'smaller')
    throw fail(`better is "larger" or "smaller", not ${JSON.stringify(better)}.`);
  if (!(scale > 0 && Number.isFinite(scale))) throw fail(`its scale is a number above 0, not ${scale}.`);
  if (!Number.isFinite(floor)) throw fail(`its floor is a finite number, not ${floor}.`);
  metrics.push(metric);
}

export function metricNames(): string[] {
  return metrics.map(({ name }) => name);
}

/** The metric of this name; undefined if there is none. */
export function findMetric(name: string): Metric | undefined {
  return metrics.find((metric) => metric.name === name);
}

/**
 * The metric of this name.
 *
 * @throws RangeError naming those that there are.
 */
export function metricNamed(name: string): Metric {
  const found = findMetric(name);
  if (found) return found;
  const known = metrics.map((metric) => metric.name).join(', ');
  throw new RangeError(`There is no metric "${name}". Known: ${known}; registerMetric adds others.`);
}

/** How values of a metric are read and printed. */
export type Reading = Pick<Metric, 'title' | 'better' | 'scale' | 'unit' | 'floor'>;

/** How a metric's values are read; of one that nobody knows, such as in results of elsewhere, as a share of one. */
export function readingOf(name: string): Reading {
  return findMetric(name) ?? { title: name.replaceAll('_', ' '), ...shareOfOne };
}

/** Whether a value of the metric is better than another. */
export function isBetter({ better }: Pick<Metric, 'better'>, value: number, than: number): boolean {
  return better === 'larger' ? value > than : value < than;
}
