import { tf } from '../tf.ts';

/**
 * Runs a kernel that only the tracing backend has. Callers wrap it in `tf.customGrad`, since TensorFlow.js knows no
 * gradient for it.
 */
export function runKernel<T extends tf.Tensor | tf.Tensor[]>(
  name: string,
  inputs: Record<string, tf.Tensor>,
  attributes: Record<string, unknown>,
): T {
  return tf.engine().runKernel(name, inputs, attributes as unknown as tf.NamedAttrMap) as T;
}
