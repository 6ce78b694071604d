import { tf } from '@lomap/compile';
import { denseScaled, type Composition, type Weight } from '@lomap/map';

/** The name of the scales l: [out, 1], or [1, in] in feed-forward modules. */
export const SCALES = 'ia3_l';

/**
 * (IA)³, W* = diag(l) W and bias* = l ∘ bias, or W* = W diag(l) in feed-forward modules (Liu et al., arXiv 2205.05638;
 * HF PEFT). l starts at 1. There is no update: Δ is not read.
 */
export function ia3Composition(isFeedforward: (path: string) => boolean): Composition {
  const along = (w: Weight): 'row' | 'column' => (isFeedforward(w.path) ? 'column' : 'row');
  return {
    name: 'ia3',
    params(w) {
      const size = along(w) === 'row' ? w.out : w.in;
      return [
        {
          name: SCALES,
          shape: along(w) === 'row' ? [size, 1] : [1, size],
          init: () => new Float32Array(size).fill(1),
          decay: false,
          group: 'adapter',
          learningRateMultiplier: 1,
        },
      ];
    },
    apply({ x, bias }, w, _, own) {
      const scales = tf.reshape(own[SCALES]!, [-1]);
      const feedforward = along(w) === 'column';
      const product = tf.matMul(feedforward ? tf.mul(x, scales) : x, w.tensor(), false, true) as tf.Tensor2D;
      const sum = bias ? (tf.add(product, bias) as tf.Tensor2D) : product;
      return feedforward ? sum : tf.mul(sum, scales);
    },
    weight: (w, _, own) => denseScaled(w, w.values(), own[SCALES]!, along(w)),
    bias: (w, bias, own) =>
      Float64Array.from(bias, (value, o) => (along(w) === 'row' ? value * own[SCALES]![o]! : value)),
  };
}
