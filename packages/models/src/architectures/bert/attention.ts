import { droppedSoftmax, headsToRows, rowsToHeads, tf, type HeadLayout } from '@lomap/compile';
import type { TensorBatch } from '../../batch.ts';
import type { Context } from '../../context.ts';
import type { BertConfig } from './config.ts';

/** What the attention of every layer is given, besides its path and its rows. */
export interface AttentionInputs {
  readonly config: BertConfig;
  readonly context: Context;
  readonly batch: TensorBatch;
  readonly layout: HeadLayout;
}

/**
 * Multi-head self-attention, packed rows to packed rows [N, hidden]: the one place where tokens meet, and so the one
 * that sees the batch as [B, S]. For each head of size d
 *
 *     softmax((q/√d) kᵀ + mask) v
 *
 * with dropout on the probabilities, as HF's BertSelfAttention (√d is applied to q: N·hidden values, not B·heads·S²).
 */
export function selfAttention(inputs: AttentionInputs, path: string, x: tf.Tensor2D): tf.Tensor2D {
  const { config, context, layout } = inputs;
  const headSize = config.hiddenSize / config.heads;
  const query = byHead(inputs, scaledQuery(inputs, path, x));
  const key = byHead(inputs, context.linear(`${path}.key`, x));
  const value = byHead(inputs, context.linear(`${path}.value`, x));
  const heads = attend(inputs, path, query, key, value);
  return headsToRows(tf.reshape(heads, [-1, headSize]), layout);
}

/**
 * The same for one query an example: `asking` [B, hidden] are the rows whose result [B, hidden] is wanted, `x`
 * [N, hidden] all rows, which they attend to.
 */
export function attentionOf(inputs: AttentionInputs, path: string, asking: tf.Tensor2D, x: tf.Tensor2D): tf.Tensor2D {
  const { config, context } = inputs;
  const examples = inputs.batch.firstRow.shape[0]!;
  const headSize = config.hiddenSize / config.heads;
  const rows = tf.reshape(scaledQuery(inputs, path, asking), [examples, config.heads, headSize]);
  const query = tf.reshape(tf.transpose(rows, [1, 0, 2]), [config.heads, examples, 1, headSize]) as tf.Tensor4D;
  const key = byHead(inputs, context.linear(`${path}.key`, x));
  const value = byHead(inputs, context.linear(`${path}.value`, x));
  const heads = tf.reshape(attend(inputs, path, query, key, value), [config.heads, examples, headSize]);
  return tf.reshape(tf.transpose(heads, [1, 0, 2]), [examples, config.hiddenSize]);
}

function scaledQuery({ config, context }: AttentionInputs, path: string, x: tf.Tensor2D): tf.Tensor2D {
  return tf.mul(context.linear(`${path}.query`, x), 1 / Math.sqrt(config.hiddenSize / config.heads));
}

/** Packed rows [N, hidden] to [heads, B, S, headSize]. */
function byHead({ config, batch, layout }: AttentionInputs, rows: tf.Tensor2D): tf.Tensor4D {
  const { heads, hiddenSize } = config;
  return tf.reshape(rowsToHeads(rows, layout), [
    heads,
    batch.firstRow.shape[0]!,
    batch.mask.shape[3]!,
    hiddenSize / heads,
  ]);
}

/** softmax(q kᵀ + mask) v of queries [heads, B, Q, d] and keys and values [heads, B, S, d]. */
function attend(
  { config, context, batch }: AttentionInputs,
  path: string,
  query: tf.Tensor4D,
  key: tf.Tensor4D,
  value: tf.Tensor4D,
): tf.Tensor {
  const mask = tf.reshape(batch.mask, [1, batch.firstRow.shape[0]!, 1, batch.mask.shape[3]!]);
  const scores = tf.add(tf.matMul(query, key, false, true), mask);
  const keep = context.dropout(tf.onesLike(scores), `${path}.dropout`, config.attentionDropout);
  return tf.matMul(droppedSoftmax(scores, keep), value);
}
