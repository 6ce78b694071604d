import { tf } from '../tf.ts';

/**
 * <a, b> = Σ aᵢ bᵢ of two tensors of one shape, a scalar.
 *
 * A product and a reduction: as a [1, K] x [K, 1] product ONNX Runtime's matrix kernel takes ten times as long.
 */
export function sumOfProducts(a: tf.Tensor, b: tf.Tensor): tf.Scalar {
  return tf.sum(tf.mul(a, b));
}
