import { tf } from '@lomap/compile';
import type { MaskedExample, Pretraining, TensorMaskedBatch } from '@lomap/models';
import { crossEntropy } from '../objectives/losses.ts';
import { maskedLm, type MaskedLmReading } from '../objectives/masked-lm.ts';
import type { Objective } from '../objectives/objective.ts';
import { alteredTextLoss } from './altered-text.ts';

/** Masked-language modelling's cross-entropy, plus the weighted loss of telling altered texts. */
export function pretrainingObjective(
  { hidden, head, pool }: Pretraining,
  alteredTextWeight: number,
): Objective<MaskedExample, TensorMaskedBatch, MaskedLmReading> {
  const plain = maskedLm({ logits: (context, batch) => head(context, batch, hidden(context, batch)) });
  if (alteredTextWeight === 0) return plain;
  return {
    ...plain,
    key: `${plain.key}, altered texts ${alteredTextWeight}`,
    loss(context, batch) {
      const rows = hidden(context, batch);
      const logits = head(context, batch, rows);
      const loss = crossEntropy(logits, batch.maskedIds as tf.Tensor1D, batch.maskedWeights as tf.Tensor1D);
      const [labels, weights] = [batch.labels as tf.Tensor1D, batch.weights as tf.Tensor1D];
      const altered = alteredTextLoss(context, pool(context, batch, rows), labels, weights);
      return tf.add(loss, tf.mul(alteredTextWeight, altered));
    },
  };
}
