import { type Agreement, whyUncorrelated } from './metric.ts';

/**
 * Matthews' correlation in its form for any number of classes, R_K (Gorodkin, 2004), as scikit-learn computes it:
 * (c·n - Σ pₖ·tₖ) / √((n² - Σ pₖ²)(n² - Σ tₖ²)), with n examples, c right ones, and pₖ predictions and tₖ labels of
 * class k. Undefined if predictions or labels are all of one class.
 */
export const matthewsCorrelation: Agreement = (predictions, labels) => {
  const why = whyUncorrelated(predictions, labels);
  if (why) return { value: 0, undefinedBecause: why };
  const n = labels.length;
  const right = predictions.filter((prediction, i) => prediction === labels[i]).length;
  const predicted = countByClass(predictions);
  const actual = countByClass(labels);
  const covariance = right * n - sumOfProducts(predicted, actual);
  const predictionVariance = n * n - sumOfProducts(predicted, predicted);
  const labelVariance = n * n - sumOfProducts(actual, actual);
  return { value: covariance / Math.sqrt(predictionVariance * labelVariance) };
};

function countByClass(ids: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}

function sumOfProducts(a: Map<number, number>, b: Map<number, number>): number {
  let sum = 0;
  for (const [id, count] of a) sum += count * (b.get(id) ?? 0);
  return sum;
}
