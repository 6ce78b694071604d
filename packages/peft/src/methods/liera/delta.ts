import { tf } from '@lomap/compile';
import type { DeltaFamily } from '@lomap/map';
import { denseDelta } from '../../deltas/dense.ts';
import { loraFamily } from '../lora/delta.ts';

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
  const product = loraFamily({ rank, startOfB: start });
  return {
    name: 'liera',
    params: (w) => product.params(w),
    bind: (w, own, constants) => denseDelta(tf.mul(product.bind(w, own, constants).dense(), w.tensor())),
    dense(w, own) {
      const values = w.values();
      return product.dense(w, own).map((value, i) => value * values[i]!);
    },
  };
}
