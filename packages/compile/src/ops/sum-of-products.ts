import { tf } from '../tf.ts';

/** <a, b> = Σ aᵢ bᵢ of two tensors of one shape, a scalar. Compiled to a [1, K] x [K, 1] product, with no temporary. */
export function sumOfProducts(a: tf.Tensor, b: tf.Tensor): tf.Scalar {
  return tf.reshape(tf.matMul(tf.reshape(a, [1, -1]), tf.reshape(b, [-1, 1])), []) as tf.Scalar;
}
