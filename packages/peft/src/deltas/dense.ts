import { tf } from '@lomap/compile';
import type { Along, Delta } from '@lomap/map';
import { scaledDelta } from './scaled.ts';

/** The fallback of updates that do not factor: Δ [out, in] is built once, and norms are sums over it. */
export function denseDelta(matrix: tf.Tensor2D): Delta {
  const [out, columns] = matrix.shape;
  return {
    out,
    in: columns,
    apply: (x) => tf.matMul(x, matrix, false, true),
    dense: () => matrix,
    squaredNorm: (along) => sumAlong(tf.square(matrix), along),
    inner: (w, along) => sumAlong(tf.mul(w.tensor(), matrix), along),
    scale(by, along) {
      return scaledDelta(this, by, along);
    },
  };
}

/** Σ of a matrix's entries: all, by rows [out] or by columns [in]. */
export function sumAlong(matrix: tf.Tensor2D, along: Along): tf.Tensor {
  return along === 'global' ? tf.sum(matrix) : tf.sum(matrix, along === 'row' ? 1 : 0);
}
