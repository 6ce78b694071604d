import { tf } from '../tf.ts';
import { withGradient } from './with-gradient.ts';

/**
 * The Gaussian error linear unit in its exact form, gelu(x) = x Φ(x) with Φ(x) = ½(1 + erf(x/√2)).
 *
 * Its derivative is Φ(x) + x φ(x) = ½ + ½ erf(z) + z e^(-z²)/√π with z = x/√2; it is computed with the value, where
 * z and erf(z) are at hand.
 */
export function gelu<T extends tf.Tensor>(x: T): T {
  return withGradient((x) => {
    const z = tf.mul(x, Math.SQRT1_2);
    const cumulative = tf.add(tf.mul(tf.erf(z), 0.5), 0.5);
    const gradFunc = (dy: tf.Tensor, [z, cumulative]: tf.Tensor[]): tf.Tensor => {
      // z e^(-z²)/√π with the constant in the exponent: one pass less over a wide tensor.
      const density = tf.exp(tf.sub(-0.5 * Math.log(Math.PI), tf.square(z!)));
      return tf.mul(dy, tf.add(cumulative!, tf.mul(z!, density)));
    };
    return { value: tf.mul(x, cumulative), saved: [z, cumulative], gradFunc };
  })(x) as T;
}
