import { tf } from '../tf.ts';
import { withGradient } from './with-gradient.ts';

/** Where the values of packed rows lie among attention's heads. Made once a batch by `headLayout`. */
export interface HeadLayout {
  readonly heads: number;
  /** Packed row times heads plus head of each (head, point), the last row's at padding. int32 [H·B·S] */
  readonly toHeads: tf.Tensor1D;
  /** The same, but at padding a row after the last. int32 [H·B·S] */
  readonly toHeadsOrZero: tf.Tensor1D;
  /** Head times points plus point of each (packed row, head). int32 [N·H] */
  readonly toRows: tf.Tensor1D;
}

/**
 * The layout of N packed rows among `heads` heads over B·S points.
 *
 * `toPadded` int32 [B·S] names the packed row of each point, N at padding; `toPacked` int32 [N] is its inverse.
 */
export function headLayout(toPadded: tf.Tensor1D, toPacked: tf.Tensor1D, heads: number): HeadLayout {
  const count = (x: tf.Tensor1D): tf.Tensor => tf.sum(tf.onesLike(x));
  const head = tf.tensor1d(
    Array.from({ length: heads }, (_, i) => i),
    'int32',
  );
  const among = (rows: tf.Tensor): tf.Tensor1D =>
    tf.reshape(
      tf.add(tf.mul(tf.reshape(rows, [1, -1]), tf.scalar(heads, 'int32')), tf.reshape(head, [heads, 1])),
      [-1],
    );
  const lastRow = tf.sub(count(toPacked), tf.scalar(1, 'int32'));
  return {
    heads,
    toHeads: among(tf.minimum(toPadded, lastRow)),
    toHeadsOrZero: among(toPadded),
    toRows: tf.reshape(
      tf.add(tf.reshape(toPacked, [-1, 1]), tf.mul(tf.reshape(head, [1, heads]), count(toPadded))),
      [-1],
    ),
  };
}

/**
 * Packed rows [N, H·d] laid out by heads, [H·B·S, d], in one gather.
 *
 * A padding point repeats the last row: attention's mask gives it probability 0 as a key, and as a query nothing
 * reads it. The gradient gathers the real points back; what arrives at padding, zero in masked attention, is dropped.
 */
export function rowsToHeads(x: tf.Tensor2D, { heads, toHeads, toRows }: HeadLayout): tf.Tensor2D {
  const width = x.shape[1];
  return withGradient((rows) => ({
    value: tf.gather(tf.reshape(rows!, [-1, width / heads]), toHeads),
    saved: [toRows],
    gradFunc: (dy, [toRows]) => tf.reshape(tf.gather(dy, toRows as tf.Tensor1D), [-1, width]),
  }))(x) as tf.Tensor2D;
}

/** The heads' values [H·B·S, d] of the real points, packed to rows [N, H·d]. The gradient at padding is exactly 0. */
export function headsToRows(x: tf.Tensor2D, { heads, toHeadsOrZero, toRows }: HeadLayout): tf.Tensor2D {
  const width = heads * x.shape[1];
  return withGradient((values) => ({
    value: tf.reshape(tf.gather(values!, toRows), [-1, width]),
    saved: [toHeadsOrZero],
    gradFunc: (dy, [toHeadsOrZero]) =>
      tf.gather(tf.reshape(withZeroRow(dy as tf.Tensor2D), [-1, width / heads]), toHeadsOrZero as tf.Tensor1D),
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
    saved: [back],
    gradFunc: (dy, [back]) => tf.gather(withZeroRow(dy as tf.Tensor2D), back as tf.Tensor1D),
  }))(x) as tf.Tensor2D;
}

function withZeroRow(x: tf.Tensor2D): tf.Tensor2D {
  return tf.concat([x, tf.zeros([1, x.shape[1]])], 0) as tf.Tensor2D;
}
