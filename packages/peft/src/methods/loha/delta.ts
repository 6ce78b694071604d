import { tf } from '@lomap/compile';
import { denseProduct, type Delta, type DeltaFamily, type MatrixShape } from '@lomap/map';
import { denseDelta } from '../../deltas/dense.ts';
import { checkRank, factor, kaimingUniform, zeros } from '../../deltas/factor.ts';
import { loraDelta } from '../lora/delta.ts';

export interface LohaSettings {
  readonly rank: number;
  /** Start of the last factor: `zero` as HF PEFT, or `kaiming` as the others. */
  readonly start: 'zero' | 'kaiming';
}

/**
 * LoHa's update Δ = (w1_a w1_b) ∘ (w2_a w2_b), factors [out, r] and [r, in] (Hyeon-Woo et al., arXiv 2108.06098; HF
 * PEFT), of rank up to r². All start kaiming-uniform but w2_b = 0.
 *
 * @throws RangeError for a rank that is not a positive integer.
 */
export function lohaFamily({ rank, start }: LohaSettings): DeltaFamily {
  checkRank(rank);
  return {
    name: 'loha',
    params: (w) => [
      factor('hada_w1_a', [w.out, rank], kaimingUniform),
      factor('hada_w1_b', [rank, w.in], kaimingUniform),
      factor('hada_w2_a', [w.out, rank], kaimingUniform),
      factor('hada_w2_b', [rank, w.in], start === 'zero' ? zeros : kaimingUniform),
    ],
    bind: (w, own) =>
      lohaDelta(w, own['hada_w1_a']!, own['hada_w1_b']!, own['hada_w2_a']!, own['hada_w2_b']!, factors(w, rank)),
    dense(w, own) {
      const first = denseProduct(w, own['hada_w1_b']!, own['hada_w1_a']!, rank);
      const second = denseProduct(w, own['hada_w2_b']!, own['hada_w2_a']!, rank);
      return first.map((value, i) => value * second[i]!);
    },
  };
}

/** Whether the r² columns of the factored form are cheaper than the matrix. */
const factors = ({ out, in: columns }: MatrixShape, rank: number): boolean =>
  rank * rank * (out + columns) < out * columns;

/**
 * (w1_a w1_b) ∘ (w2_a w2_b). Factored it is a product UV of rank r², of the Khatri-Rao products
 * U_o,ij = w1_a,oi w2_a,oj and V_ij,c = w1_b,ic w2_b,jc, so that its norms are those of a low-rank product; else dense.
 */
export function lohaDelta(
  { out, in: columns }: MatrixShape,
  w1a: tf.Tensor,
  w1b: tf.Tensor,
  w2a: tf.Tensor,
  w2b: tf.Tensor,
  factored: boolean,
): Delta {
  if (!factored) return denseDelta(tf.mul(tf.matMul(w1a, w1b), tf.matMul(w2a, w2b)) as tf.Tensor2D);
  const [r1, r2] = [w1b.shape[0]!, w2b.shape[0]!];
  const u = tf.mul(tf.reshape(w1a, [out, r1, 1]), tf.reshape(w2a, [out, 1, r2]));
  const v = tf.mul(tf.reshape(w1b, [r1, 1, columns]), tf.reshape(w2b, [1, r2, columns]));
  return loraDelta(
    { out, in: columns },
    tf.reshape(v, [r1 * r2, columns]) as tf.Tensor2D,
    tf.reshape(u, [out, r1 * r2]) as tf.Tensor2D,
  );
}
