import { expect, test } from '@jest/globals';
import { tf } from '@lomap/compile';
import type { Context, Dropout } from '@lomap/models';
import { trainingContext, type TrainableModel } from './model.ts';

/** A model whose only tensor operation is dropout: what is asked of the base context. */
const base = (dropout?: Dropout): Context => ({
  param: () => tf.scalar(0),
  linear: (_, x) => x,
  dropout: (x, site, rate) => dropout!(x, site, rate),
});
const model = {
  checkpoint: { context: base },
  adaptation: { specs: [], context: (_params: readonly tf.Tensor[], own: Context) => own },
} as unknown as TrainableModel;

function rates(modelRate: number | null, classifierRate?: number): Record<string, number> {
  const asked: Record<string, number> = {};
  const dropout: Dropout = (x, site, rate) => {
    asked[site] = rate;
    return x;
  };
  const context = trainingContext(model, [], dropout, modelRate, classifierRate);
  for (const site of ['encoder.layer.0.dropout', 'pooler.dropout', 'dropout']) context.dropout(tf.scalar(1), site, 0.1);
  return asked;
}

test('the classifier’s rate is its own where it is given, the model’s others as `dropout` says', () => {
  const all = (encoder: number, classifier: number): Record<string, number> => ({
    ...{ 'encoder.layer.0.dropout': encoder, 'pooler.dropout': encoder, dropout: classifier },
  });
  expect(rates(null)).toEqual(all(0.1, 0.1));
  expect(rates(0.3)).toEqual(all(0.3, 0.3));
  expect(rates(null, 0.2)).toEqual(all(0.1, 0.2));
  expect(rates(0.3, 0)).toEqual(all(0.3, 0));
});
