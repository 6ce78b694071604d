import { tf } from '../tf.ts';
import { withGradient } from './with-gradient.ts';

/**
 * The gated unit SwiGLU (Shazeer 2020, arXiv 2002.05202) of two tensors of one shape: silu(gate) ∘ up, with
 * silu(z) = z σ(z).
 *
 * Both factors that the gradient multiplies dy by are made with the value, so that they are all the backward pass keeps:
 * dgate = dy ∘ up ∘ silu'(gate) with silu' = σ + silu (1 - σ), and dup = dy ∘ silu(gate).
 */
export function swiglu<T extends tf.Tensor>(gate: T, up: T): T {
  return withGradient((gate, up) => {
    const sigmoid = tf.sigmoid(gate!);
    const silu = tf.mul(gate!, sigmoid);
    const slope = tf.add(sigmoid, tf.mul(silu, tf.sub(1, sigmoid)));
    return {
      value: tf.mul(silu, up!),
      saved: [tf.mul(up!, slope), silu],
      gradFunc: (dy, [ofGate, ofUp]) => [tf.mul(dy, ofGate!), tf.mul(dy, ofUp!)],
    };
  })(gate, up) as T;
}
