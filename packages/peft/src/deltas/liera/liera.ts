import { tf } from '@lomap/compile';
import { denseProduct, type DeltaFamily } from '@lomap/map';
import { denseDelta } from '../dense.ts';
import { checkRank, factor, kaimingUniform, zeros } from '../factor.ts';

export interface LieraSettings {
  readonly rank: number;
  /** Start of B: `zero` as published, or `kaiming`. */
  readonly start: 'zero' | 'kaiming';
}

/**
 * LieRA's update Δ = W ∘ (BA): each weight changes in proportion to itself (the authors' Subspace-Tuning code, first
 * order). It does not factor: [out, in] is built.
 *
 * @throws RangeError for a rank that is not a positive integer.
 */
export function lieraFamily({ rank, start }: LieraSettings): DeltaFamily {
  checkRank(rank);
  return {
    name: 'liera',
    params: (w) => [
      factor('lora_A', [rank, w.in], kaimingUniform),
      factor('lora_B', [w.out, rank], start === 'zero' ? zeros : kaimingUniform),
    ],
    bind: (w, own) => denseDelta(tf.mul(tf.matMul(own['lora_B']!, own['lora_A']!), w.tensor())),
    dense(w, own) {
      const values = w.values();
      return denseProduct(w, own['lora_A']!, own['lora_B']!, rank).map((value, i) => value * values[i]!);
    },
  };
}
