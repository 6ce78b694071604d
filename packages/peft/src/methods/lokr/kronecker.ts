import { tf, withGradient } from '@lomap/compile';
import type { Along, Delta } from '@lomap/map';
import { sumAlong } from '../../deltas/dense.ts';
import { scaledDelta } from '../../deltas/scaled.ts';

/**
 * The Kronecker product K₁ ⊗ K₂ of two small matrices [a, b] and [c, d], itself [ac, bd] and never built.
 *
 *     x (K₁ ⊗ K₂)ᵀ: each of the b stretches of x through K₂, [b, c] for a row of x, then K₁ from the left
 *     ‖K₁ ⊗ K₂‖² = ‖K₁‖² ‖K₂‖², by rows and by columns the outer products of theirs
 *
 * K₁ is multiplied as one small product a row of x: one large product of all rows, transposed before and after, is as
 * fast on one thread and slower on two (docs/benchmarks.md). <W, K₁ ⊗ K₂> has no such form and uses the dense matrix.
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
      return tf.reshape(fromLeft(first.dense(), tf.reshape(inner, [-1, b, c])), [-1, out]);
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

/** K y_i of K [a, b] and every y_i [b, c] of y [n, b, c]: [n, a, c]. dy = Kᵀ dz, dK = Σ_i dz_i y_iᵀ. */
const fromLeft = withGradient((k, y) => ({
  value: tf.matMul(tf.expandDims(k!, 0), y!),
  saved: [k!, y!],
  gradFunc: (dz, [k, y]) => [
    tf.sum(tf.matMul(dz, y!, false, true), 0),
    tf.matMul(tf.expandDims(k!, 0), dz, true, false),
  ],
}));
