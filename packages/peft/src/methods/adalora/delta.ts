import { tf } from '@lomap/compile';
import {
  denseProduct,
  normOfSquare,
  type DeltaFamily,
  type HostValues,
  type LowRankFactors,
  type MatrixShape,
} from '@lomap/map';
import { checkRank, factor, gaussian, zeros } from '../../deltas/factor.ts';
import { loraDelta } from '../lora/delta.ts';

export interface AdaloraSettings {
  /** The rank that every matrix starts with. */
  readonly rank: number;
  /** γ, the weight of the orthogonality penalty; 0: none. */
  readonly orthRegWeight: number;
  /** How many matrices the penalty is averaged over. */
  readonly matrices: number;
}

/** P and Q start N(0, .02²), as in HF PEFT. */
const DEVIATION = 0.02;

/** Local names of a triplet's tensors: rows of Q, entries of Λ, columns of P. */
export const TRIPLET = { right: 'lora_A', values: 'lora_E', left: 'lora_B' } as const;

/**
 * AdaLoRA's update Δ = P Λ Q (Zhang et al., arXiv 2303.10512; HF PEFT): P = B [out, r], Q = A [r, in], Λ the diagonal of
 * E [r, 1], which starts at 0. Training takes ranks away by setting entries of E to 0.
 *
 * The penalty keeps P and Q near orthonormal: γ (‖AAᵀ - I‖_F + ‖BᵀB - I‖_F)/2, averaged over the matrices. The paper
 * has squared norms; the authors' code and HF PEFT have these.
 *
 * @throws RangeError for a rank that is not a positive integer.
 */
export function adaloraFamily({ rank, orthRegWeight, matrices }: AdaloraSettings): DeltaFamily {
  checkRank(rank);
  const { right, values, left } = TRIPLET;
  // Made when the penalty is: a file may name any rank, and is refused by its tensors' shapes.
  let identity: Float32Array | undefined;
  /** ‖G - I‖_F of a Gram matrix G. */
  const fromIdentity = (gram: tf.Tensor): tf.Tensor => {
    identity ??= Float32Array.from({ length: rank * rank }, (_, i) => Number(i % (rank + 1) === 0));
    return normOfSquare(tf.sum(tf.square(tf.sub(gram, tf.tensor2d(identity, [rank, rank])))));
  };
  const lostRanks = (own: HostValues): number => Array.from(own[values]!).filter((value) => value === 0).length;
  const factors = (w: MatrixShape, own: HostValues): LowRankFactors => {
    const [a, e] = [own[right]!, own[values]!];
    const scaled = Float64Array.from({ length: a.length }, (_, i) => a[i]! * e[Math.floor(i / w.in)]!);
    return { rank, a: scaled, b: own[left]! };
  };
  return {
    name: 'adalora',
    params: (w) => [
      factor(right, [rank, w.in], gaussian(DEVIATION)),
      factor(left, [w.out, rank], gaussian(DEVIATION)),
      factor(values, [rank, 1], zeros),
    ],
    bind: (w, own) => loraDelta(w, tf.mul(own[right]!, own[values]!) as tf.Tensor2D, own[left] as tf.Tensor2D),
    dense(w, own) {
      const { a, b } = factors(w, own);
      return denseProduct(w, a, b, rank);
    },
    factors,
    rank: (own) => rank - lostRanks(own),
    // A triplet is a row, an entry and a column.
    lostParameters: (own) => (lostRanks(own) * (own[right]!.length + own[values]!.length + own[left]!.length)) / rank,
    ...(orthRegWeight > 0 && {
      penalty(own) {
        const [a, b] = [own[right]!, own[left]!];
        const distances = tf.add(
          fromIdentity(tf.matMul(a, a, false, true)),
          fromIdentity(tf.matMul(b, b, true, false)),
        );
        return tf.mul(distances, orthRegWeight / (2 * matrices));
      },
    }),
  };
}
