import { tf } from '@lomap/compile';
import type { Along, Delta } from '@lomap/map';
import { sumAlong } from '../dense.ts';
import { scaledDelta } from '../scaled.ts';

/**
 * The Kronecker product K₁ ⊗ K₂ of two small matrices [a, b] and [c, d], itself [ac, bd] and never built.
 *
 *     x (K₁ ⊗ K₂)ᵀ: each of the b stretches of x through K₂, then each of the c results through K₁
 *     ‖K₁ ⊗ K₂‖² = ‖K₁‖² ‖K₂‖², by rows and by columns the outer products of theirs
 *
 * <W, K₁ ⊗ K₂> has no such form and uses the dense matrix.
 */
export function kroneckerDelta(first: Delta, second: Delta): Delta {
  const [a, b] = [first.out, first.in];
  const [c, d] = [second.out, second.in];
  const [out, columns] = [a * c, b * d];
  const dense = (): tf.Tensor2D =>
    tf.reshape(tf.mul(tf.reshape(first.dense(), [a, 1, b, 1]), tf.reshape(second.dense(), [1, c, 1, d])), [
      out,
      columns,
    ]);
  return {
    out,
    in: columns,
    apply(x) {
      const inner = second.apply(tf.reshape(x, [-1, d])); // [n·b, c]
      const swapped = tf.transpose(tf.reshape(inner, [-1, b, c]), [0, 2, 1]); // [n, c, b]
      const outer = first.apply(tf.reshape(swapped, [-1, b])); // [n·c, a]
      return tf.reshape(tf.transpose(tf.reshape(outer, [-1, c, a]), [0, 2, 1]), [-1, out]);
    },
    dense,
    squaredNorm(along: Along) {
      const [x, y] = [first.squaredNorm(along), second.squaredNorm(along)];
      return along === 'global' ? tf.mul(x, y) : tf.reshape(tf.outerProduct(x as tf.Tensor1D, y as tf.Tensor1D), [-1]);
    },
    inner: (w, along) => sumAlong(tf.mul(w.tensor(), dense()), along),
    scale(by, along) {
      if (along === 'global') return kroneckerDelta(first.scale(by, 'global'), second);
      return scaledDelta(this, by, along);
    },
  };
}
