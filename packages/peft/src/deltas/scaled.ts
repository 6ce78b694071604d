import { tf } from '@lomap/compile';
import { scaleBy, type Along, type Delta } from '@lomap/map';

/**
 * sΔ, diag(s)Δ or Δ diag(s) of an update that has no factor to take s: s goes onto the activations, a scalar onto the
 * narrower side.
 *
 * Norms and inner products are those of Δ times s² or s where s is constant along what is summed, or sums of its rows'
 * or columns'; only columns of row-scaled updates, and rows of column-scaled ones, need the dense matrix.
 */
export function scaledDelta(delta: Delta, by: tf.Tensor | number, along: Along): Delta {
  if (by === 1) return delta;
  const { out, in: columns } = delta;
  const ofMatrix = along === 'row' ? tf.reshape(by as tf.Tensor, [out, 1]) : by;
  const dense = (): tf.Tensor2D => tf.mul(delta.dense(), ofMatrix);
  const times = (x: tf.Tensor2D): tf.Tensor2D => (typeof by === 'number' ? tf.mul(x, by) : scaleBy(x, by));
  const summed = (
    wanted: Along,
    factor: tf.Tensor | number,
    of: (along: Along) => tf.Tensor,
    entries: () => tf.Tensor2D,
  ): tf.Tensor => {
    if (along === 'global' || along === wanted) return tf.mul(of(wanted), factor);
    if (wanted === 'global') return tf.sum(tf.mul(of(along), factor));
    return tf.sum(entries(), wanted === 'row' ? 1 : 0);
  };
  return {
    out,
    in: columns,
    apply(x) {
      if (along === 'row') return tf.mul(delta.apply(x), by);
      if (along === 'column') return delta.apply(tf.mul(x, by));
      return columns <= out ? delta.apply(times(x)) : times(delta.apply(x));
    },
    dense,
    squaredNorm: (wanted) =>
      summed(
        wanted,
        typeof by === 'number' ? by * by : tf.square(by),
        (a) => delta.squaredNorm(a),
        () => tf.square(dense()),
      ),
    inner: (w, wanted) =>
      summed(
        wanted,
        by,
        (a) => delta.inner(w, a),
        () => tf.mul(w.tensor(), dense()),
      ),
    scale(next, nextAlong) {
      return scaledDelta(this, next, nextAlong);
    },
  };
}
