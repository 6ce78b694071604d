import { droppedSoftmax, headsToRows, rotary, rowsToHeads, tf, type HeadLayout } from '@lomap/compile';
import type { Context } from '../../context.ts';
import type { LlamaConfig } from './config.ts';
import type { DecoderLayout } from './layout.ts';
import type { Rotation } from './rope.ts';

/** What the attention of every layer is given, besides its path and its rows. */
export interface AttentionInputs extends DecoderLayout {
  readonly config: LlamaConfig;
  readonly context: Context;
  readonly rotation: Rotation;
  /** Of keys and values, by their own heads: [keyValueHeads, B, S, headSize]. */
  readonly keys: HeadLayout;
  readonly examples: number;
}

/**
 * Causal self-attention with grouped queries (Ainslie et al. 2023, arXiv 2305.13245) before its output map: packed rows
 * [N, hidden] to [N, heads · headSize]. For each head, with the keys k and values v of its group,
 *
 *     softmax((R q/√d) (R k)ᵀ + causal) v
 *
 * where R turns each row by the angles of its position; dropout on the probabilities.
 */
export function selfAttention(inputs: AttentionInputs, path: string, x: tf.Tensor2D): tf.Tensor2D {
  const { config, context, queries, keys, rotation, causal } = inputs;
  const { heads, keyValueHeads, headSize } = config;
  const turned = (rows: tf.Tensor2D, count: number): tf.Tensor2D => rotary(rows, rotation.cos, rotation.sin, count);
  const batched = (rows: tf.Tensor2D, layout: HeadLayout): tf.Tensor3D =>
    tf.reshape(rowsToHeads(rows, layout), [keyValueHeads * inputs.examples, -1, headSize]);

  const scaled = tf.mul(context.linear(`${path}.q_proj`, x), 1 / Math.sqrt(headSize)) as tf.Tensor2D;
  const query = batched(turned(scaled, heads), queries);
  const key = batched(turned(context.linear(`${path}.k_proj`, x), keyValueHeads), keys);
  const value = batched(context.linear(`${path}.v_proj`, x), keys);

  const length = causal.shape[0];
  const byHead = [keyValueHeads * inputs.examples, heads / keyValueHeads, length, length];
  const scores = tf.add(tf.reshape(tf.matMul(query, key, false, true), byHead), causal);
  const keep = context.dropout(tf.onesLike(scores), `${path}.dropout`, config.attentionDropout);
  const probabilities = tf.reshape(droppedSoftmax(scores, keep), [keyValueHeads * inputs.examples, -1, length]);
  return headsToRows(tf.reshape(tf.matMul(probabilities, value), [-1, headSize]), queries);
}
