import { tf } from '@lomap/compile';
import { denseProduct, type DeltaFamily, type HostValues, type LowRankFactors, type Weight } from '@lomap/map';
import { checkRank, factor, gaussian, zeros } from '../../deltas/factor.ts';
import { loraDelta } from '../lora/delta.ts';

export interface FloraSettings {
  readonly rank: number;
  /** Start of G: `zero` as published, or `gaussian` as the others. */
  readonly start: 'zero' | 'gaussian';
}

/** A, B and a random G start N(0, .02²). */
const DEVIATION = 0.02;

/**
 * FLoRA's update Δ = B G A with a core G [r, r] between A [r, in] and B [out, r] (Si et al., arXiv 2405.14739; the
 * authors' Subspace-Tuning code). G = 0 at the start.
 *
 * @throws RangeError for a rank that is not a positive integer.
 */
export function floraFamily({ rank, start }: FloraSettings): DeltaFamily {
  checkRank(rank);
  const factors = (w: Weight, own: HostValues): LowRankFactors => ({
    rank,
    a: own['lora_A']!,
    b: denseProduct({ out: w.out, in: rank }, own['lora_G']!, own['lora_B']!, rank),
  });
  return {
    name: 'flora',
    params: (w) => [
      factor('lora_A', [rank, w.in], gaussian(DEVIATION)),
      factor('lora_B', [w.out, rank], gaussian(DEVIATION)),
      factor('lora_G', [rank, rank], start === 'zero' ? zeros : gaussian(DEVIATION)),
    ],
    bind: (w, own) =>
      loraDelta(w, own['lora_A'] as tf.Tensor2D, tf.matMul(own['lora_B']!, own['lora_G']!) as tf.Tensor2D),
    dense(w, own) {
      const { a, b } = factors(w, own);
      return denseProduct(w, a, b, rank);
    },
    factors,
  };
}
