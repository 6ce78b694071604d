import { tf } from '../tf.ts';
import { withGradient } from './with-gradient.ts';

/**
 * The Gaussian error linear unit in its exact form, gelu(x) = x Φ(x) with Φ(x) = ½(1 + erf(x/√2)).
 *
 * Written as √½ g(√½ x) with g(z) = z (1 + erf z): between two matrix products both factors √½ become part of those
 * (`foldScales`), and what is left is a handful of passes over the wide tensor.
 */
export function gelu<T extends tf.Tensor>(x: T): T {
  return tf.mul(timesOnePlusErf(tf.mul(x, Math.SQRT1_2)), Math.SQRT1_2);
}

/**
 * g(z) = z (1 + erf z), with g'(z) = 1 + erf z + 2z e^(-z²)/√π. The slope is made with the value, so that it is all the
 * backward pass keeps of this layer.
 */
const timesOnePlusErf = withGradient((z) => {
  const onePlusErf = tf.add(tf.erf(z!), 1);
  // 2/√π enters through the exponent: one pass less.
  const density = tf.exp(tf.sub(Math.log(2 / Math.sqrt(Math.PI)), tf.square(z!)));
  const slope = tf.add(onePlusErf, tf.mul(z!, density));
  return { value: tf.mul(z!, onePlusErf), saved: [slope], gradFunc: (dy, [slope]) => tf.mul(dy, slope!) };
});
