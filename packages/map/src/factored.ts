/**
 * Norms and inner products of Δ = BA from its factors, without Δ: A [r, in], B [out, r].
 *
 * Cost O((in + out) r²) instead of O(in·out·r), and no [out, in] tensor to keep for the backward pass. With the Grams
 * G_A = AAᵀ and G_B = BᵀB [r, r]:
 *
 *     global  ‖BA‖_F² = <G_B, G_A>
 *     row     ‖(BA)_o‖² = Σ_r ((B G_A) ∘ B)_or
 *     column  ‖(BA)_i‖² = Σ_r ((G_B A) ∘ A)_ri
 *
 * In float32 the relative error of a norm is about 1e-7 over the square of the cancellation in BA: 1e-3 where ‖BA‖ is
 * a hundredth of ‖B‖‖A‖. Reports use the dense float64 product instead.
 */
import { sumOfProducts, tf, withGradient } from '@lomap/compile';
import type { Along, Weight } from './types.ts';

/** AAᵀ [r, r]. */
const gramOfRows = (a: tf.Tensor): tf.Tensor => tf.matMul(a, a, false, true);
/** BᵀB [r, r]. */
const gramOfColumns = (b: tf.Tensor): tf.Tensor => tf.matMul(b, b, true, false);

/** ‖BA‖² along: a scalar, [out] or [in]. */
export function factoredSquaredNorm(a: tf.Tensor2D, b: tf.Tensor2D, along: Along): tf.Tensor {
  switch (along) {
    case 'global':
      return globalSquaredNorm(a, b);
    case 'row':
      return rowSquaredNorm(a, b);
    case 'column':
      return columnSquaredNorm(a, b);
  }
}

/** dA = 2dy G_B A, dB = 2dy B G_A. */
const globalSquaredNorm = withGradient((a, b) => {
  const [gramA, gramB] = [gramOfRows(a!), gramOfColumns(b!)];
  return {
    value: sumOfProducts(gramB, gramA),
    saved: [a!, b!, gramA, gramB],
    gradFunc: (dy, [a, b, gramA, gramB]) => {
      const twice = tf.mul(dy, 2);
      return [tf.matMul(tf.mul(gramB!, twice), a!), tf.matMul(b!, tf.mul(gramA!, twice))];
    },
  };
});

/** dB = 2dy ∘ (B G_A) by rows, dA = 2 (Bᵀ diag(dy) B) A. */
const rowSquaredNorm = withGradient((a, b) => {
  const product = tf.matMul(b!, gramOfRows(a!));
  return {
    value: tf.sum(tf.mul(product, b!), 1),
    saved: [a!, b!, product],
    gradFunc: (dy, [a, b, product]) => {
      const twice = tf.reshape(tf.mul(dy, 2), [-1, 1]);
      return [tf.matMul(tf.matMul(b!, tf.mul(b!, twice), true, false), a!), tf.mul(product!, twice)];
    },
  };
});

/** dA = 2dy ∘ (G_B A) by columns, dB = 2 B (A diag(dy) Aᵀ). */
const columnSquaredNorm = withGradient((a, b) => {
  const product = tf.matMul(gramOfColumns(b!), a!);
  return {
    value: tf.sum(tf.mul(product, a!), 0),
    saved: [a!, b!, product],
    gradFunc: (dy, [a, b, product]) => {
      const twice = tf.mul(dy, 2);
      return [tf.mul(product!, twice), tf.matMul(b!, tf.matMul(tf.mul(a!, twice), a!, false, true))];
    },
  };
});

/** <W, BA> along, by autodiff: row Σ_r (W Aᵀ) ∘ B, column Σ_r (BᵀW) ∘ A, global their sum. */
export function factoredInner(w: Weight, a: tf.Tensor2D, b: tf.Tensor2D, along: Along): tf.Tensor {
  if (along === 'column') return tf.sum(tf.mul(tf.matMul(b, w.tensor(), true, false), a), 0);
  const byRow = tf.mul(tf.matMul(w.tensor(), a, false, true), b);
  return along === 'row' ? tf.sum(byRow, 1) : tf.sum(byRow);
}
