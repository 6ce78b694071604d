import { tf } from '../tf.ts';
import { sumOfRows } from './sum-of-rows.ts';
import { withGradient } from './with-gradient.ts';

/**
 * Root-mean-square normalisation over the last axis (Zhang & Sennrich 2019, arXiv 1910.07467): y = γ x̂ with
 * x̂ = x/√(mean(x²) + ε).
 *
 * x [n, h], γ [h]. The gradient is dx = (γdy - x̂ mean(γdy x̂))/√(mean(x²) + ε), dγ = Σ dy x̂.
 */
export function rmsNorm(x: tf.Tensor2D, gamma: tf.Tensor1D, epsilon: number): tf.Tensor2D {
  const width = x.shape[1];
  // A sum times 1/h: the gradient of tf.mean divides by a size.
  const meanOver = (rows: tf.Tensor): tf.Tensor => tf.mul(tf.sum(rows, -1, true), 1 / width);
  return withGradient((x, gamma) => {
    const inverse = tf.rsqrt(tf.add(meanOver(tf.square(x!)), epsilon));
    const normalised = tf.mul(x!, inverse);
    return {
      value: tf.mul(normalised, gamma!),
      saved: [normalised, inverse, gamma!],
      gradFunc: (dy, [normalised, inverse, gamma]) => {
        const scaled = tf.mul(dy, gamma!);
        const along = tf.mul(normalised!, meanOver(tf.mul(scaled, normalised!)));
        return [tf.mul(tf.sub(scaled, along), inverse!), sumOfRows(tf.mul(dy, normalised!) as tf.Tensor2D)];
      },
    };
  })(x, gamma) as tf.Tensor2D;
}
