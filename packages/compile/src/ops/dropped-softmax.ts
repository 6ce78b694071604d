import { tf } from '../tf.ts';
import { withGradient } from './with-gradient.ts';

/**
 * Softmax over the last axis with dropout on the probabilities: p' = p ∘ keep, p = softmax(scores).
 *
 * `keep`, of the scores' shape, holds 0 or 1/(1 - rate) and takes no gradient. With t = dp' ∘ p' the scores' gradient is
 * t - p Σt (as in FlashAttention, arXiv 2205.14135, appendix B.4), which needs neither keep nor dp.
 */
export function droppedSoftmax<T extends tf.Tensor>(scores: T, keep: T): T {
  return withGradient((scores) => {
    const probabilities = tf.softmax(scores!);
    const dropped = tf.mul(probabilities, keep);
    return {
      value: dropped,
      saved: [probabilities, dropped],
      gradFunc: (dy, [probabilities, dropped]) => {
        const product = tf.mul(dy, dropped!);
        return tf.sub(product, tf.mul(probabilities!, tf.sum(product, -1, true)));
      },
    };
  })(scores) as T;
}
