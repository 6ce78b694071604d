import { tf } from '../tf.ts';

/** Σ over the rows of x [n, h], as [h]: the gradient of a bias. */
export function sumOfRows(x: tf.Tensor2D): tf.Tensor1D {
  return tf.sum(x, 0) as tf.Tensor1D;
}
