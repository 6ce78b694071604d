import { tf } from '@lomap/compile';
import {
  denseNorms,
  denseProduct,
  normOfSquare,
  type DeltaFamily,
  type HostValues,
  type LowRankFactors,
  type ParamSpec,
  type Weight,
} from '@lomap/map';
import { checkRank, factor, filled, kaimingUniform, zeros } from '../../deltas/factor.ts';
import { loraDelta } from '../lora/delta.ts';

/** Floor of the norms of A's rows and B's columns, as in HF PEFT. */
const FLOOR = 1e-4;

export interface DeloraSettings {
  readonly rank: number;
  /** Start of B: `zero` as HF PEFT, or `kaiming`. */
  readonly start: 'zero' | 'kaiming';
  /** λ's start. */
  readonly lambda: number;
  /** Whether λ trains; a composition that divides by the update's norm leaves it no effect. */
  readonly learnsLambda: boolean;
}

/**
 * DeLoRA's update Δ = B diag(λ/(r ‖a_i‖ ‖b_i‖)) A diag(‖W‖_column) (Bini et al., arXiv 2503.18225; HF PEFT): each
 * of the r rank-one terms has size λ/r before W's column norms [in] are multiplied on. Norms are at least 1e-4, so
 * that B = 0 is a start.
 *
 * @throws RangeError for a rank that is not a positive integer, or a λ that is not a finite number > 0.
 */
export function deloraFamily({ rank, start, lambda, learnsLambda }: DeloraSettings): DeltaFamily {
  checkRank(rank);
  if (!(Number.isFinite(lambda) && lambda > 0))
    throw new RangeError(`deloraLambda is a finite number > 0, not ${lambda}.`);
  const lambdaSpec: ParamSpec = factor('delora_lambda', [1], filled(lambda));
  return {
    name: 'delora',
    params: (w) => [
      factor('delora_A', [rank, w.in], kaimingUniform),
      factor('delora_B', [w.out, rank], start === 'zero' ? zeros : kaimingUniform),
      ...(learnsLambda ? [lambdaSpec] : []),
    ],
    bind(w, own) {
      const [a, b] = [own['delora_A'] as tf.Tensor2D, own['delora_B'] as tf.Tensor2D];
      const sizes = tf.mul(rowNorms(a), columnNorms(b));
      const terms = tf.div(learnsLambda ? tf.div(own['delora_lambda']!, rank) : lambda / rank, sizes);
      const columns = tf.tensor1d(Float32Array.from(w.norms('column')));
      return loraDelta(w, tf.mul(a, columns), tf.mul(b, terms));
    },
    dense(w, own) {
      const { a, b } = factors(w, own);
      return denseProduct(w, a, b, rank);
    },
    factors,
  };

  function factors(w: Weight, own: HostValues): LowRankFactors {
    const [a, b] = [own['delora_A']!, own['delora_B']!];
    const value = learnsLambda ? own['delora_lambda']![0]! : lambda;
    const ofRows = denseNorms({ out: rank, in: w.in }, a, 'row');
    const ofColumns = denseNorms({ out: w.out, in: rank }, b, 'column');
    const norms = w.norms('column');
    const scaledA = Float64Array.from({ length: a.length }, (_, i) => a[i]! * norms[i % w.in]!);
    const scaledB = Float64Array.from({ length: b.length }, (_, i) => {
      const r = i % rank;
      return (b[i]! * value) / (rank * Math.max(ofRows[r]!, FLOOR) * Math.max(ofColumns[r]!, FLOOR));
    });
    return { rank, a: scaledA, b: scaledB };
  }
}

const rowNorms = (a: tf.Tensor2D): tf.Tensor => tf.maximum(normOfSquare(tf.sum(tf.square(a), 1)), FLOOR);
const columnNorms = (b: tf.Tensor2D): tf.Tensor => tf.maximum(normOfSquare(tf.sum(tf.square(b), 0)), FLOOR);
