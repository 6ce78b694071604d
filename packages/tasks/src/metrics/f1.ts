import type { Agreement } from './metric.ts';

/** F1 of class 1: 2·TP / (2·TP + FP + FN). Undefined if class 1 is neither predicted nor a label. */
export const f1: Agreement = (predictions, labels) => {
  let both = 0;
  let either = 0;
  predictions.forEach((prediction, i) => {
    if (prediction === 1 && labels[i] === 1) both++;
    if (prediction === 1) either++;
    if (labels[i] === 1) either++;
  });
  if (either === 0) return { value: 0, undefinedBecause: 'class 1 is neither predicted nor a label' };
  return { value: (2 * both) / either };
};
