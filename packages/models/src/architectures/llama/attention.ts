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

/** A layer's keys, turned by their positions, and values: [keyValueHeads · B, S, headSize] each. */
export interface KeysAndValues {
  readonly key: tf.Tensor3D;
  readonly value: tf.Tensor3D;
}

/** Rows of queries, scaled by 1/√d, of keys, both turned by the angles of their positions, and of values. */
export function projections(
  { config, context, rotation }: Pick<AttentionInputs, 'config' | 'context' | 'rotation'>,
  path: string,
  x: tf.Tensor2D,
): { query: tf.Tensor2D; key: tf.Tensor2D; value: tf.Tensor2D } {
  const { heads, keyValueHeads, headSize } = config;
  const turned = (rows: tf.Tensor2D, count: number): tf.Tensor2D => rotary(rows, rotation.cos, rotation.sin, count);
  // The scale follows the product, whose Gemm takes it.
  const scaled: tf.Tensor2D = tf.mul(context.linear(`${path}.q_proj`, x), 1 / Math.sqrt(headSize));
  return {
    query: turned(scaled, heads),
    key: turned(context.linear(`${path}.k_proj`, x), keyValueHeads),
    value: context.linear(`${path}.v_proj`, x),
  };
}

/**
 * Causal self-attention with grouped queries (Ainslie et al. 2023, arXiv 2305.13245) before its output map: packed rows
 * [N, hidden] to [N, heads · headSize]. For each head, with the keys k and values v of its group,
 *
 *     softmax((R q/√d) (R k)ᵀ + causal) v
 *
 * where R turns each row by the angles of its position; dropout on the probabilities.
 */
export function selfAttention(
  inputs: AttentionInputs,
  path: string,
  x: tf.Tensor2D,
): { attended: tf.Tensor2D; made: KeysAndValues } {
  const { config, context, queries, keys, causal, examples } = inputs;
  const { heads, keyValueHeads, headSize } = config;
  const batched = (rows: tf.Tensor2D, layout: HeadLayout): tf.Tensor3D =>
    tf.reshape(rowsToHeads(rows, layout), [keyValueHeads * examples, -1, headSize]);
  const rows = projections(inputs, path, x);
  const [query, key, value] = [batched(rows.query, queries), batched(rows.key, keys), batched(rows.value, keys)];

  const length = causal.shape[0];
  const byHead = [keyValueHeads * examples, heads / keyValueHeads, length, length];
  const scores = tf.add(tf.reshape(tf.matMul(query, key, false, true), byHead), causal);
  const keep = context.dropout(tf.onesLike(scores), `${path}.dropout`, config.attentionDropout);
  const probabilities = tf.reshape(droppedSoftmax(scores, keep), [keyValueHeads * examples, -1, length]);
  const attended = headsToRows(tf.reshape(tf.matMul(probabilities, value), [-1, headSize]), queries);
  return { attended, made: { key, value } };
}
