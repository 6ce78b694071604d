import { tf } from '@lomap/compile';
import { denseProduct, type DeltaFamily, type HostValues, type LowRankFactors, type Weight } from '@lomap/map';
import { checkRank, factor, gaussian, zeros } from '../../deltas/factor.ts';
import { loraDelta } from '../lora/delta.ts';
import { truncatedSvd } from '../../deltas/truncated-svd.ts';

export interface EdoraSettings {
  readonly rank: number;
  /** Start of R: N(0, 1e-10) as published, which is almost no update; 0; or N(0, 1/rank²). */
  readonly start: 'published' | 'zero' | 'gaussian';
}

const inits = { published: () => gaussian(1e-5), zero: () => zeros, gaussian: (rank: number) => gaussian(1 / rank) };

/**
 * EDoRA's core Δ = B R A: B = U_r and A = Σ_r V_rᵀ of W's truncated singular value decomposition, frozen; R [r, r]
 * trains (EDoRA, arXiv 2501.12067; LoRA-XS, arXiv 2405.17604). Σ is A's: the authors' utils/initialization_utils.py
 * decomposes Wᵀ = (VΣ)Uᵀ and takes A = (VΣ)ᵀ.
 *
 * @throws RangeError for a rank that is not a positive integer, or more than a matrix has.
 */
export function edoraFamily({ rank, start }: EdoraSettings): DeltaFamily {
  checkRank(rank);
  const frozen = (w: Weight): { a: Float32Array; b: Float32Array } => {
    const { u, sigma, v } = truncatedSvd(w, rank);
    return {
      a: Float32Array.from({ length: rank * w.in }, (_, k) => {
        const i = Math.floor(k / w.in);
        return sigma[i]! * v[(k % w.in) * rank + i]!;
      }),
      b: Float32Array.from(u),
    };
  };
  const factors = (w: Weight, own: HostValues): LowRankFactors => {
    const { a, b } = frozen(w);
    return { rank, a, b: denseProduct({ out: w.out, in: rank }, own['lora_R']!, b, rank) };
  };
  return {
    name: 'edora',
    params: () => [factor('lora_R', [rank, rank], inits[start](rank))],
    bind(w, own) {
      const { a, b } = frozen(w);
      const left = tf.matMul(tf.tensor2d(b, [w.out, rank]), own['lora_R']!) as tf.Tensor2D;
      return loraDelta(w, tf.tensor2d(a, [rank, w.in]), left);
    },
    dense(w, own) {
      const { a, b } = factors(w, own);
      return denseProduct(w, a, b, rank);
    },
    factors,
  };
}
