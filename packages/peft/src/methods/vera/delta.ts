import { key, tf, uniform } from '@lomap/compile';
import {
  denseProduct,
  type Constants,
  type DeltaFamily,
  type HostValues,
  type LowRankFactors,
  type MatrixShape,
} from '@lomap/map';
import { checkRank, factor, filled, zeros } from '../../deltas/factor.ts';
import { veraDelta } from './vera-delta.ts';

export interface VeraSettings {
  readonly rank: number;
  /** Start of λ_b: `zero` as published, or `ones` (MAP's beta-zero start). */
  readonly start: 'zero' | 'ones';
  /** Seed of the frozen projections. */
  readonly projectionPrngKey: number;
  /** Start of λ_d. */
  readonly dInitial: number;
  /** Every matrix that is adapted: the projections are as large as the largest. */
  readonly modules: readonly MatrixShape[];
}

/**
 * VeRA's update Δ = diag(λ_b) B diag(λ_d) A (Kopiczko et al., arXiv 2310.11454; HF PEFT): A [r, in] and B [out, r] are
 * frozen, random and the same for all matrices, the upper left parts of two projections as large as the largest
 * matrix; λ_d [r] and λ_b [out] train.
 *
 * The projections are kaiming-uniform, U(-√(6/fan-in), √(6/fan-in)), from a seed of their own: every trial of these settings
 * has the same, whatever its seed. PyTorch's generator makes other numbers of the same seed.
 *
 * @throws RangeError for a rank that is not a positive integer.
 */
export function veraFamily({ rank, start, projectionPrngKey, dInitial, modules }: VeraSettings): DeltaFamily {
  checkRank(rank);
  const [rows, columns] = [Math.max(...modules.map(({ out }) => out)), Math.max(...modules.map((w) => w.in))];
  const projection = (name: VeraProjection, shape: [number, number]) => {
    let values: Float32Array | undefined;
    return {
      values: () => (values ??= veraProjection(name, shape, projectionPrngKey)),
      tensor(constants: Constants) {
        return constants.shared(name, () => tf.tensor2d(this.values(), shape)) as tf.Tensor2D;
      },
    };
  };
  const a = projection('vera_A', [rank, columns]);
  const b = projection('vera_B', [rows, rank]);
  return {
    name: 'vera',
    params: (w) => [
      factor('vera_lambda_d', [rank], filled(dInitial)),
      factor('vera_lambda_b', [w.out], start === 'zero' ? zeros : filled(1)),
    ],
    bind(w, own, constants) {
      const narrow = constants.shared(`vera_A, ${w.in} columns`, () =>
        tf.slice(a.tensor(constants), [0, 0], [rank, w.in]),
      );
      const short = constants.shared(`vera_B, ${w.out} rows`, () =>
        tf.slice(b.tensor(constants), [0, 0], [w.out, rank]),
      );
      return veraDelta(w, {
        a: narrow as tf.Tensor2D,
        b: short as tf.Tensor2D,
        d: own['vera_lambda_d'] as tf.Tensor1D,
        scale: own['vera_lambda_b'] as tf.Tensor1D,
        gram: () =>
          constants.shared(`vera_A, ${w.in} columns, Gram`, () =>
            tf.matMul(narrow, narrow, false, true),
          ) as tf.Tensor2D,
      });
    },
    dense(w, own) {
      const { a, b } = factors(w, own);
      return denseProduct(w, a, b, rank);
    },
    factors,
  };

  function factors(w: MatrixShape, own: HostValues): LowRankFactors {
    const [d, scale] = [own['vera_lambda_d']!, own['vera_lambda_b']!];
    const narrow = Float64Array.from({ length: rank * w.in }, (_, i) => {
      const row = Math.floor(i / w.in);
      return a.values()[row * columns + (i % w.in)]! * d[row]!;
    });
    const short = Float64Array.from({ length: w.out * rank }, (_, i) => b.values()[i]! * scale[Math.floor(i / rank)]!);
    return { rank, a: narrow, b: short };
  }
}

/** The names of the frozen projections, A [r, in] and B [out, r]. */
export type VeraProjection = 'vera_A' | 'vera_B';

/** A frozen projection's values, a pure function of name, shape and seed. */
export function veraProjection(name: VeraProjection, shape: readonly [number, number], seed: number): Float32Array {
  const bound = Math.sqrt(6 / shape[1]);
  return uniform(key(seed, name), shape[0] * shape[1], -bound, bound);
}
