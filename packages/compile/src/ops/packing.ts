import { tf } from '../tf.ts';
import { withGradient } from './with-gradient.ts';

/**
 * Packed rows [N, h] laid out as [B·S, h], zeros at padding.
 *
 * `toPadded` int32 [B·S] names the packed row of each point, N at padding: a zero row is appended for those to read.
 * `toPacked` int32 [N] is its inverse. Both the value and the gradient are gathers.
 */
export function packedToPadded(x: tf.Tensor2D, toPadded: tf.Tensor1D, toPacked: tf.Tensor1D): tf.Tensor2D {
  return withGradient((rows) => ({
    value: tf.gather(withZeroRow(rows as tf.Tensor2D), toPadded),
    saved: [],
    gradFunc: (dy) => tf.gather(dy, toPacked),
  }))(x) as tf.Tensor2D;
}

/**
 * Padded rows [B·S, h] packed to the N real ones.
 *
 * The gradient gathers back through `toPadded`; a padding point's gradient is the zero row's, exactly 0.
 */
export function paddedToPacked(x: tf.Tensor2D, toPadded: tf.Tensor1D, toPacked: tf.Tensor1D): tf.Tensor2D {
  return withGradient((rows) => ({
    value: tf.gather(rows, toPacked),
    saved: [],
    gradFunc: (dy) => tf.gather(withZeroRow(dy as tf.Tensor2D), toPadded),
  }))(x) as tf.Tensor2D;
}

/**
 * The rows [B, h] of x [N, h] that `rows` int32 [B] names.
 *
 * `back` int32 [N] names for each row of x the one of the result that it became, B for none: the gradient is a gather
 * through it rather than a scatter.
 */
export function takeRows(x: tf.Tensor2D, rows: tf.Tensor1D, back: tf.Tensor1D): tf.Tensor2D {
  return withGradient((all) => ({
    value: tf.gather(all, rows),
    saved: [],
    gradFunc: (dy) => tf.gather(withZeroRow(dy as tf.Tensor2D), back),
  }))(x) as tf.Tensor2D;
}

function withZeroRow(x: tf.Tensor2D): tf.Tensor2D {
  return tf.concat([x, tf.zeros([1, x.shape[1]])], 0) as tf.Tensor2D;
}
