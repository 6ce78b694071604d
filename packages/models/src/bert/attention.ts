import { droppedSoftmax, headsToRows, rowsToHeads, tf, type HeadLayout } from '@lomap/compile';
import type { TensorBatch } from '../batch.ts';
import type { Context } from '../context.ts';
import type { BertConfig } from './config.ts';

/**
 * Multi-head self-attention, packed rows to packed rows [N, hidden]: the one place where tokens meet, and so the one
 * that sees the batch as [B, S]. For each head of size d
 *
 *     softmax((q/√d) kᵀ + mask) v
 *
 * with dropout on the probabilities, as HF's BertSelfAttention (√d is applied to q: N·hidden values, not B·heads·S²).
 */
export function selfAttention(
  config: BertConfig,
  context: Context,
  batch: TensorBatch,
  layout: HeadLayout,
  path: string,
  x: tf.Tensor2D,
): tf.Tensor2D {
  const examples = batch.firstRow.shape[0]!;
  const length = batch.mask.shape[3]!;
  const headSize = config.hiddenSize / config.heads;
  /** [N, hidden] to [heads, B, S, headSize] */
  const split = (rows: tf.Tensor2D): tf.Tensor4D =>
    tf.reshape(rowsToHeads(rows, layout), [config.heads, examples, length, headSize]);

  const query = split(tf.mul(context.linear(`${path}.query`, x), 1 / Math.sqrt(headSize)));
  const key = split(context.linear(`${path}.key`, x));
  const value = split(context.linear(`${path}.value`, x));
  const mask = tf.reshape(batch.mask, [1, examples, 1, length]);
  const scores = tf.add(tf.matMul(query, key, false, true), mask);
  const keep = context.dropout(tf.onesLike(scores), `${path}.dropout`, config.attentionDropout);
  const probabilities = droppedSoftmax(scores, keep);
  const heads = tf.matMul(probabilities, value);
  return headsToRows(tf.reshape(heads, [config.heads * examples * length, headSize]), layout);
}
