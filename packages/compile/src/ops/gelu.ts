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
      const density = tf.mul(tf.mul(z!, 1 / Math.sqrt(Math.PI)), tf.exp(tf.neg(tf.square(z!))));
      return tf.mul(dy, tf.add(cumulative!, density));
    };
    return { value: tf.mul(x, cumulative), saved: [z, cumulative], gradFunc };
  })(x) as T;
}
