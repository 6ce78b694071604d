import { tf } from '@lomap/compile';
import {
  denseProduct,
  factoredInner,
  factoredSquaredNorm,
  scaleBy,
  type Delta,
  type DeltaFamily,
  type HostValues,
  type MatrixShape,
} from '@lomap/map';
import { checkRank, factor, gaussian, kaimingUniform, zeros } from '../../deltas/factor.ts';

export interface LoraSettings {
  readonly rank: number;
  /** B's start: `zero` as published, or `kaiming` by its own fan-in, the rank (MAP's beta-zero start). */
  readonly startOfB: 'zero' | 'kaiming';
  /** A's start: kaiming-uniform, or N(0, 1/rank²) as HF PEFT's `gaussian`. @default 'kaiming' */
  readonly startOfA?: 'kaiming' | 'gaussian';
  /** LoRA+: B's learning rate over A's. @default 1 */
  readonly learningRateRatio?: number;
}

/**
 * LoRA's update Δ = BA, A [r, in] and B [out, r] (Hu et al., arXiv 2106.09685), without its scaling: compositions scale.
 *
 * A starts kaiming-uniform with a = √5, which is U(-1/√in, 1/√in), as in HF PEFT.
 *
 * @throws RangeError for a rank that is not a positive integer.
 */
export function loraFamily({ rank, startOfB, startOfA = 'kaiming', learningRateRatio = 1 }: LoraSettings): DeltaFamily {
  checkRank(rank);
  return {
    name: 'lora',
    params: (shape) => [
      factor('lora_A', [rank, shape.in], startOfA === 'gaussian' ? gaussian(1 / rank) : kaimingUniform),
      factor('lora_B', [shape.out, rank], startOfB === 'zero' ? zeros : kaimingUniform, learningRateRatio),
    ],
    bind: (shape, own) => loraDelta(shape, own['lora_A'] as tf.Tensor2D, own['lora_B'] as tf.Tensor2D),
    dense: (shape, own: HostValues) => denseProduct(shape, own['lora_A']!, own['lora_B']!, rank),
    factors: (_, own) => ({ rank, a: own['lora_A']!, b: own['lora_B']! }),
  };
}

/** BA of these factors. A scalar is multiplied onto the smaller factor; a row's or a column's onto the one that has it. */
export function loraDelta(shape: MatrixShape, a: tf.Tensor2D, b: tf.Tensor2D): Delta {
  return {
    out: shape.out,
    in: shape.in,
    apply: (x) => tf.matMul(tf.matMul(x, a, false, true), b, false, true) as tf.Tensor2D,
    dense: () => tf.matMul(b, a),
    squaredNorm: (along) => factoredSquaredNorm(a, b, along),
    inner: (w, along) => factoredInner(w, a, b, along),
    scale(by, along) {
      if (along === 'row') return loraDelta(shape, a, tf.mul(b, tf.reshape(by as tf.Tensor, [shape.out, 1])));
      if (along === 'column') return loraDelta(shape, tf.mul(a, by), b);
      if (by === 1) return this;
      const scaled = (factor: tf.Tensor2D): tf.Tensor2D =>
        typeof by === 'number' ? tf.mul(factor, by) : scaleBy(factor, by);
      return shape.in <= shape.out ? loraDelta(shape, scaled(a), b) : loraDelta(shape, a, scaled(b));
    },
  };
}
