import { takeRows, tf } from '@lomap/compile';
import type { TensorBatch } from '../batch.ts';
import type { Context } from '../context.ts';
import type { BertConfig } from './config.ts';
import { bertEncoder } from './encoder.ts';

/** tanh(dense(h)) of each example's first token, [B, hidden]: HF's BertPooler. `hidden` is packed, [N, hidden]. */
export function bertPooler(context: Context, batch: TensorBatch, hidden: tf.Tensor2D): tf.Tensor2D {
  const first = takeRows(hidden, batch.firstRow as tf.Tensor1D, batch.rowToExample as tf.Tensor1D);
  return tf.tanh(context.linear('bert.pooler.dense', first));
}

/** Logits [B, numLabels] of HF's BertForSequenceClassification; with one label, the regression's prediction [B, 1]. */
export function bertForSequenceClassification(config: BertConfig, context: Context, batch: TensorBatch): tf.Tensor2D {
  const pooled = bertPooler(context, batch, bertEncoder(config, context, batch));
  return context.linear('classifier', context.dropout(pooled, 'dropout', config.classifierDropout));
}
