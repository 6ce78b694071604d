import { headsToRows, tf, type HeadLayout } from '@lomap/compile';
import type { TensorBatch } from '../../batch.ts';
import type { Context } from '../../context.ts';
import { attend, byHead, oneByHead, oneByRow } from '../attention.ts';
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
  const { config, batch, layout } = inputs;
  const query = byHead(scaledQuery(inputs, path, x), batch, layout);
  const heads = attentionWith(inputs, path, query, x);
  return headsToRows(tf.reshape(heads, [-1, config.hiddenSize / config.heads]), layout);
}

/**
 * The same for one query an example: `asking` [B, hidden] are the rows whose result [B, hidden] is wanted, `x`
 * [N, hidden] all rows, which they attend to.
 */
export function attentionOf(inputs: AttentionInputs, path: string, asking: tf.Tensor2D, x: tf.Tensor2D): tf.Tensor2D {
  const query = oneByHead(scaledQuery(inputs, path, asking), inputs.config.heads);
  return oneByRow(attentionWith(inputs, path, query, x));
}

function scaledQuery({ config, context }: AttentionInputs, path: string, x: tf.Tensor2D): tf.Tensor2D {
  return tf.mul(context.linear(`${path}.query`, x), 1 / Math.sqrt(config.hiddenSize / config.heads));
}

/** softmax(q kᵀ + mask) v of queries [heads, B, Q, d] and the keys and values of all rows. */
function attentionWith(inputs: AttentionInputs, path: string, query: tf.Tensor4D, x: tf.Tensor2D): tf.Tensor4D {
  const { config, context, batch, layout } = inputs;
  const key = byHead(context.linear(`${path}.key`, x), batch, layout);
  const value = byHead(context.linear(`${path}.value`, x), batch, layout);
  return attend(inputs, path, tf.matMul(query, key, false, true), value, config.attentionDropout);
}
