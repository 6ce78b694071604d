import { tf } from '../tf.ts';
import { withGradient } from './with-gradient.ts';
import { currentTrace } from '../trace/backend.ts';
import { runKernel } from './run-kernel.ts';
import { sumOfRows } from './sum-of-rows.ts';

/**
 * Layer normalisation over the last axis: y = γ (x - mean)/√(variance + ε) + β, with the biased variance.
 *
 * x [n, h], γ and β [h]. Compiled forward it is ONNX's LayerNormalization; the gradient is
 * dx = (γdy - mean(γdy) - x̂ mean(γdy x̂))/√(variance + ε), dγ = Σ dy x̂, dβ = Σ dy.
 */
export function layerNorm(x: tf.Tensor2D, gamma: tf.Tensor1D, beta: tf.Tensor1D, epsilon: number): tf.Tensor2D {
  const width = x.shape[1];
  return withGradient((x, gamma, beta) => {
    const { y, mean, inverse } = normalise(x as tf.Tensor2D, gamma as tf.Tensor1D, beta as tf.Tensor1D, epsilon);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] => {
      const [x, gamma, mean, inverse] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
      const normalised = tf.mul(tf.sub(x, mean), inverse);
      const scaled = tf.mul(dy, gamma);
      const meanScaled = tf.matMul(dy as tf.Tensor2D, tf.reshape(tf.mul(gamma, 1 / width), [width, 1]) as tf.Tensor2D);
      const meanProduct = tf.mean(tf.mul(scaled, normalised), -1, true);
      const dx = tf.mul(tf.sub(tf.sub(scaled, meanScaled), tf.mul(normalised, meanProduct)), inverse);
      return [dx, sumOfRows(tf.mul(dy, normalised) as tf.Tensor2D), sumOfRows(dy as tf.Tensor2D)];
    };
    return { value: y, saved: [x!, gamma!, mean, inverse], gradFunc };
  })(x, gamma, beta) as tf.Tensor2D;
}

function normalise(
  x: tf.Tensor2D,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  epsilon: number,
): { y: tf.Tensor; mean: tf.Tensor; inverse: tf.Tensor } {
  if (currentTrace()) {
    const [y, mean, inverse] = runKernel<tf.Tensor[]>('LayerNormalization', { x, gamma, beta }, { epsilon });
    return { y: y!, mean: mean!, inverse: inverse! };
  }
  const { mean, variance } = tf.moments(x, -1, true);
  const inverse = tf.rsqrt(tf.add(variance, epsilon));
  return { y: tf.add(tf.mul(tf.mul(tf.sub(x, mean), inverse), gamma), beta), mean, inverse };
}
