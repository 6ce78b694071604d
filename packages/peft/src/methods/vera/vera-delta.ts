import { tf } from '@lomap/compile';
import { scaleBy, type Along, type Delta, type MatrixShape, type Weight } from '@lomap/map';
import { loraDelta } from '../lora/delta.ts';

/** Frozen A [r, in] and B [out, r], and the vectors between and before them. */
export interface VeraTensors {
  readonly a: tf.Tensor2D;
  readonly b: tf.Tensor2D;
  /** λ_d [r] */
  readonly d: tf.Tensor1D;
  /** λ_b [out] */
  readonly scale: tf.Tensor1D;
  /** AAᵀ [r, r], which every matrix of as many columns shares. */
  readonly gram: () => tf.Tensor2D;
}

/**
 * diag(λ_b) B diag(λ_d) A of frozen A and B.
 *
 * The vectors go onto activations, x ↦ λ_b ∘ ((λ_d ∘ xAᵀ) Bᵀ), so that no gradient of a whole projection is made: four
 * products of n·r·in or n·r·out a step, six with λ_d A and λ_b B as matrices. Norms need λ_d and λ_b alone too: with the
 * constant AAᵀ and S = λ_d λ_dᵀ ∘ AAᵀ,
 *
 *     ‖Δ_o‖² = λ_b,o² (B S Bᵀ)_oo          <W_o, Δ_o> = λ_b,o ((W Aᵀ ∘ B) λ_d)_o
 *
 * by row, and globally their sums; by column they are those of the product of two matrices. A scalar goes onto λ_d, a
 * row's factor onto λ_b.
 */
export function veraDelta(shape: MatrixShape, tensors: VeraTensors): Delta {
  const { a, b, d, scale, gram } = tensors;
  const { out } = shape;
  const rank = a.shape[0];
  /** As the product of two matrices, the second of which may have its columns scaled. */
  const product = (by?: tf.Tensor): Delta => {
    const narrow: tf.Tensor2D = tf.mul(a, tf.reshape(d, [rank, 1]));
    return loraDelta(shape, by ? tf.mul(narrow, by) : narrow, tf.mul(b, tf.reshape(scale, [out, 1])));
  };
  const along = (wanted: Along, byRow: () => tf.Tensor, byColumn: () => tf.Tensor): tf.Tensor => {
    if (wanted === 'column') return byColumn();
    return wanted === 'row' ? byRow() : tf.sum(byRow());
  };
  return {
    out,
    in: shape.in,
    apply: (x) => tf.mul(tf.matMul(tf.mul(tf.matMul(x, a, false, true), d), b, false, true), scale),
    dense: () => product().dense(),
    squaredNorm: (wanted) =>
      along(
        wanted,
        () => {
          const between = tf.mul(tf.mul(gram(), tf.reshape(d, [rank, 1])), d);
          return tf.mul(tf.sum(tf.mul(tf.matMul(b, between), b), 1), tf.square(scale));
        },
        () => product().squaredNorm('column'),
      ),
    inner: (w: Weight, wanted) =>
      along(
        wanted,
        () => {
          const fixed = tf.mul(tf.matMul(w.tensor(), a, false, true), b);
          return tf.mul(tf.reshape(tf.matMul(fixed, tf.reshape(d, [rank, 1])), [out]), scale);
        },
        () => product().inner(w, 'column'),
      ),
    scale(by, onto) {
      if (by === 1) return this;
      if (onto === 'column') return product(by as tf.Tensor);
      if (onto === 'row') return veraDelta(shape, { ...tensors, scale: tf.mul(scale, by) });
      return veraDelta(shape, { ...tensors, d: typeof by === 'number' ? tf.mul(d, by) : scaleBy(d, by) });
    },
  };
}
