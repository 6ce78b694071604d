import type { Agreement } from './metric.ts';

/** The share of predictions that equal their label. */
export const accuracy: Agreement = (predictions, labels) => {
  const right = predictions.filter((prediction, i) => prediction === labels[i]).length;
  return { value: right / labels.length };
};
