import { tf, uniform, type Key } from '@lomap/compile';
import {
  denseProduct,
  factoredInner,
  factoredSquaredNorm,
  scaleBy,
  type Delta,
  type DeltaFamily,
  type HostValues,
  type MatrixShape,
  type ParamSpec,
  type Tensors,
} from '@lomap/map';

export interface LoraSettings {
  readonly rank: number;
  /** B's start: `zero` as published, or `kaiming` by its own fan-in, the rank (MAP's beta-zero start). */
  readonly startOfB: 'zero' | 'kaiming';
}

/**
 * LoRA's update Δ = BA, A [r, in] and B [out, r] (Hu et al., arXiv 2106.09685), without its scaling: compositions scale.
 *
 * A starts kaiming-uniform with a = √5, which is U(-1/√in, 1/√in), as in HF PEFT.
 *
 * @throws RangeError for a rank that is not a positive integer.
 */
export function loraFamily({ rank, startOfB }: LoraSettings): DeltaFamily {
  if (!Number.isSafeInteger(rank) || rank < 1) throw new RangeError(`rank is a positive integer, not ${rank}.`);
  return {
    name: 'lora',
    params: (shape) => [
      factor('lora_A', [rank, shape.in], kaimingUniform),
      factor('lora_B', [shape.out, rank], startOfB === 'zero' ? zeros : kaimingUniform),
    ],
    bind: (shape, own: Tensors) => loraDelta(shape, own['lora_A'] as tf.Tensor2D, own['lora_B'] as tf.Tensor2D),
    dense: (shape: MatrixShape, own: HostValues) => denseProduct(shape, own['lora_A']!, own['lora_B']!, rank),
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

type Init = (key: Key, shape: readonly [number, number]) => Float32Array;

const zeros: Init = (_, [rows, columns]) => new Float32Array(rows * columns);

/** U(-1/√fan-in, 1/√fan-in): kaiming-uniform with a = √5. */
const kaimingUniform: Init = (key, [rows, columns]) => {
  const bound = 1 / Math.sqrt(columns);
  return uniform(key, rows * columns, -bound, bound);
};

function factor(name: string, shape: readonly [number, number], init: Init): ParamSpec {
  return {
    name,
    shape,
    init: (key) => init(key, shape),
    decay: true,
    group: 'adapter',
    learningRateMultiplier: 1,
  };
}
