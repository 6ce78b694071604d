/** The parts of attention that encoders share. */
import { droppedSoftmax, rowsToHeads, tf, type HeadLayout } from '@lomap/compile';
import type { TensorBatch } from '../batch.ts';
import type { Context } from '../context.ts';

/** Packed rows [N, heads · d] of a batch to [heads, B, S, d]. */
export function byHead(rows: tf.Tensor2D, batch: TensorBatch, layout: HeadLayout): tf.Tensor4D {
  const { heads } = layout;
  const [examples, length] = [batch.firstRow.shape[0]!, batch.mask.shape[3]!];
  return tf.reshape(rowsToHeads(rows, layout), [heads, examples, length, rows.shape[1] / heads]);
}

/** One row an example [B, heads · d] to [heads, B, 1, d]: the queries of first tokens. */
export function oneByHead(rows: tf.Tensor2D, heads: number): tf.Tensor4D {
  const [examples, width] = rows.shape;
  const separated = tf.reshape(rows, [examples, heads, width / heads]);
  return tf.reshape(tf.transpose(separated, [1, 0, 2]), [heads, examples, 1, width / heads]);
}

/** The inverse of `oneByHead`. */
export function oneByRow(values: tf.Tensor): tf.Tensor2D {
  const [heads, examples, , size] = values.shape as [number, number, number, number];
  return tf.reshape(tf.transpose(tf.reshape(values, [heads, examples, size]), [1, 0, 2]), [examples, heads * size]);
}

/**
 * softmax(scores + mask) v of the batch's mask, with dropout on the probabilities: [heads, B, Q, d] of scores
 * [heads, B, Q, S] and values [heads, B, S, d].
 *
 * @param path of the attention's module, whose dropout is `${path}.dropout`.
 */
export function attend(
  { context, batch }: { readonly context: Context; readonly batch: TensorBatch },
  path: string,
  scores: tf.Tensor4D,
  value: tf.Tensor4D,
  rate: number,
): tf.Tensor4D {
  const mask = tf.reshape(batch.mask, [1, batch.firstRow.shape[0]!, 1, batch.mask.shape[3]!]);
  const masked = tf.add(scores, mask) as tf.Tensor4D;
  const keep = context.dropout(tf.onesLike(masked), `${path}.dropout`, rate);
  return tf.matMul(droppedSoftmax(masked, keep), value);
}
