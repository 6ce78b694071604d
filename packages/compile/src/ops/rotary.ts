import { tf } from '../tf.ts';
import { withGradient } from './with-gradient.ts';

/**
 * Rotary position embedding (Su et al. 2021, arXiv 2104.09864) of `heads` heads side by side, in the layout of Hugging
 * Face's weights: a head's two halves are the coordinates of its planes, and [a, b] becomes [a cos - b sin, b cos + a sin].
 *
 * x [n, heads·d], cos and sin [n, d/2] of each row's angles. A rotation's gradient is the rotation back; none flows to
 * the angles.
 */
export function rotary(x: tf.Tensor2D, cos: tf.Tensor2D, sin: tf.Tensor2D, heads: number): tf.Tensor2D {
  return withGradient((x) => ({
    value: rotate(x!, cos, sin, heads),
    saved: [cos, sin],
    gradFunc: (dy, [cos, sin]) => rotate(dy, cos!, tf.neg(sin!), heads),
  }))(x) as tf.Tensor2D;
}

function rotate(x: tf.Tensor, cos: tf.Tensor, sin: tf.Tensor, heads: number): tf.Tensor {
  const half = cos.shape[1]!;
  const [c, s] = [tf.reshape(cos, [-1, 1, 1, half]), tf.reshape(sin, [-1, 1, 1, half])];
  const [a, b] = tf.split(tf.reshape(x, [-1, heads, 2, half]), 2, 2) as [tf.Tensor, tf.Tensor];
  const turned = [tf.sub(tf.mul(a, c), tf.mul(b, s)), tf.add(tf.mul(b, c), tf.mul(a, s))];
  return tf.reshape(tf.concat(turned, 2), [-1, heads * 2 * half]);
}
