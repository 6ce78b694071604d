import { tf } from '@lomap/compile';
import type { TensorBatch } from '../../batch.ts';
import type { Context } from '../../context.ts';
import type { BertConfig } from './config.ts';
import { bertFirstTokens } from './encoder.ts';

/** tanh(dense(h)) of the rows h of first tokens, [B, hidden]: HF's BertPooler. */
export function bertPooler(context: Context, first: tf.Tensor2D): tf.Tensor2D {
  return tf.tanh(context.linear('bert.pooler.dense', first));
}

/** Logits [B, numLabels] of HF's BertForSequenceClassification; with one label, the regression's prediction [B, 1]. */
export function bertForSequenceClassification(config: BertConfig, context: Context, batch: TensorBatch): tf.Tensor2D {
  const pooled = bertPooler(context, bertFirstTokens(config, context, batch));
  return context.linear('classifier', context.dropout(pooled, 'dropout', config.classifierDropout));
}
