import type { tf } from '@lomap/compile';
import {
  denseProduct,
  type Delta,
  type DeltaFamily,
  type HostValues,
  type MatrixShape,
  type ParamSpec,
  type Tensors,
} from '@lomap/map';
import { denseDelta } from '../../deltas/dense.ts';
import { checkRank, factor, kaimingUniform, zeros, type Init } from '../../deltas/factor.ts';
import { loraDelta } from '../lora/delta.ts';
import { kroneckerDelta } from './kronecker.ts';
import { splitDimension } from './split.ts';

export interface LokrSettings {
  readonly rank: number;
  /** Start of w1 (of w1_a where it has factors): `zero` as HF PEFT, or `kaiming`. */
  readonly start: 'zero' | 'kaiming';
  /** Whether w1 may have factors too. @default false */
  readonly decomposeBoth?: boolean;
  /** The first factor of each dimension where it divides it; -1: near the square root. @default -1 */
  readonly decomposeFactor?: number;
}

/** One of the two matrices: whole, or a product of rank r. */
interface Part extends MatrixShape {
  readonly name: 'lokr_w1' | 'lokr_w2';
  readonly whole: boolean;
}

/**
 * LoKr's update Δ = w1 ⊗ w2, w1 [a, b] and w2 [c, d] with ac = out, bd = in (Yeh et al., arXiv 2309.14859; HF PEFT).
 *
 * w2 is a product w2_a w2_b of rank r where r < max(c, d)/2, and w1 likewise with `decomposeBoth`. w1 = 0 at the start.
 *
 * @throws RangeError for a rank that is not a positive integer, or a factor that is neither one nor -1.
 */
export function lokrFamily({ rank, start, decomposeBoth = false, decomposeFactor = -1 }: LokrSettings): DeltaFamily {
  checkRank(rank);
  if (decomposeFactor !== -1 && !(Number.isSafeInteger(decomposeFactor) && decomposeFactor > 0)) {
    throw new RangeError(`decomposeFactor is a positive integer or -1, not ${decomposeFactor}.`);
  }
  const parts = (shape: MatrixShape): readonly [Part, Part] => {
    const [a, c] = splitDimension(shape.out, decomposeFactor);
    const [b, d] = splitDimension(shape.in, decomposeFactor);
    return [
      { name: 'lokr_w1', out: a, in: b, whole: !(decomposeBoth && rank < Math.max(a, b) / 2) },
      { name: 'lokr_w2', out: c, in: d, whole: !(rank < Math.max(c, d) / 2) },
    ];
  };
  return {
    name: 'lokr',
    params(w) {
      const [first, second] = parts(w);
      const startOfFirst = start === 'zero' ? zeros : kaimingUniform;
      return [...specs(first, rank, startOfFirst), ...specs(second, rank, kaimingUniform)];
    },
    bind(w, own) {
      const [first, second] = parts(w);
      return kroneckerDelta(bound(first, own), bound(second, own));
    },
    dense(w, own) {
      const [first, second] = parts(w);
      return kronecker(first, values(first, own, rank), second, values(second, own, rank));
    },
  };
}

function specs({ name, out, in: columns, whole }: Part, rank: number, startOfFirst: Init): ParamSpec[] {
  if (whole) return [factor(name, [out, columns], startOfFirst)];
  return [factor(`${name}_a`, [out, rank], startOfFirst), factor(`${name}_b`, [rank, columns], kaimingUniform)];
}

function bound(part: Part, own: Tensors): Delta {
  if (part.whole) return denseDelta(own[part.name] as tf.Tensor2D);
  return loraDelta(part, own[`${part.name}_b`] as tf.Tensor2D, own[`${part.name}_a`] as tf.Tensor2D);
}

function values(part: Part, own: HostValues, rank: number): ArrayLike<number> {
  if (part.whole) return own[part.name]!;
  return denseProduct(part, own[`${part.name}_b`]!, own[`${part.name}_a`]!, rank);
}

/** M ⊗ N in float64, row-major. */
function kronecker(
  { out: a, in: b }: MatrixShape,
  m: ArrayLike<number>,
  { out: c, in: d }: MatrixShape,
  n: ArrayLike<number>,
): Float64Array {
  const product = new Float64Array(a * b * c * d);
  for (let i = 0; i < a; i++) {
    for (let k = 0; k < c; k++) {
      for (let j = 0; j < b; j++) {
        for (let l = 0; l < d; l++) product[((i * c + k) * b + j) * d + l] = m[i * b + j]! * n[k * d + l]!;
      }
    }
  }
  return product;
}
