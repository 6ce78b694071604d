import { tf } from '@lomap/compile';
import {
  denseProduct,
  type DeltaFamily,
  type HostValues,
  type LowRankFactors,
  type MatrixShape,
  type ParamSpec,
} from '@lomap/map';
import { checkRank, factor, gaussian, zeros } from '../../deltas/factor.ts';
import { loraDelta } from '../lora/delta.ts';

export interface LotrSettings {
  readonly rank: number;
  /** Start of M: `zero` as published, or N(0, 1/rank²). */
  readonly start: 'zero' | 'gaussian';
}

/**
 * LoTR's update Δ_l = B M_l A (Bershatsky et al., arXiv 2402.01376; the authors' daskol/lotr): A [r, in] and B [out, r]
 * are trained and the same for all matrices of one shape, the core M_l [r, r] is the matrix's own. The updates of n such
 * matrices, stacked to [out, n, in], are a Tucker-2 decomposition of ranks r.
 *
 * A and B start N(0, 1), M_l = 0. Sharing is by shape, as where the authors put queries and values into one container.
 *
 * @throws RangeError for a rank that is not a positive integer.
 */
export function lotrFamily({ rank, start }: LotrSettings): DeltaFamily {
  checkRank(rank);
  const shared = (w: MatrixShape, name: string, shape: readonly number[]): ParamSpec => ({
    ...factor(name, shape, gaussian(1)),
    shared: `lotr.${w.out}x${w.in}`,
  });
  const factors = (w: MatrixShape, own: HostValues): LowRankFactors => ({
    rank,
    a: own['lotr_A']!,
    b: denseProduct({ out: w.out, in: rank }, own['lotr_M']!, own['lotr_B']!, rank),
  });
  return {
    name: 'lotr',
    params: (w) => [
      shared(w, 'lotr_A', [rank, w.in]),
      shared(w, 'lotr_B', [w.out, rank]),
      factor('lotr_M', [rank, rank], start === 'zero' ? zeros : gaussian(1 / rank)),
    ],
    bind: (w, own) =>
      loraDelta(w, own['lotr_A'] as tf.Tensor2D, tf.matMul(own['lotr_B']!, own['lotr_M']!) as tf.Tensor2D),
    dense(w, own) {
      const { a, b } = factors(w, own);
      return denseProduct(w, a, b, rank);
    },
    factors,
  };
}
