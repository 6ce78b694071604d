import { tf } from '@lomap/compile';
import { denseProduct, denseSum, type DeltaFamily, type Weight } from '@lomap/map';
import { checkRank, factor } from '../../deltas/factor.ts';
import { truncatedSvd } from '../../deltas/truncated-svd.ts';
import { loraDelta } from './delta.ts';

export interface PissaSettings {
  readonly rank: number;
  /** s of W + sΔ. */
  readonly scaling: number;
  readonly learningRateRatio: number;
}

/**
 * PiSSA (Meng et al., arXiv 2404.02948; HF PEFT): LoRA's factors start at W's r largest singular values,
 * B₀ = U_r √(Σ_r/s), A₀ = √(Σ_r/s) V_rᵀ, and what they are is taken from W. W itself stays here: Δ = BA - B₀A₀, the
 * update of the form that HF PEFT converts to, with B₀ and A₀ frozen.
 *
 * @throws RangeError for a rank that is not a positive integer, or more than a matrix has.
 */
export function pissaFamily({ rank, scaling, learningRateRatio }: PissaSettings): DeltaFamily {
  checkRank(rank);
  const start = (w: Weight): { a: Float32Array; b: Float32Array } => {
    const { u, sigma, v } = truncatedSvd(w, rank);
    const root = sigma.map((value) => Math.sqrt(value / scaling));
    return {
      a: Float32Array.from({ length: rank * w.in }, (_, k) => {
        const [r, i] = [Math.floor(k / w.in), k % w.in];
        return root[r]! * v[i * rank + r]!;
      }),
      b: Float32Array.from(u, (value, k) => value * root[k % rank]!),
    };
  };
  return {
    name: 'lora',
    params: (w) => [
      factor('lora_A', [rank, w.in], () => start(w).a),
      factor('lora_B', [w.out, rank], () => start(w).b, learningRateRatio),
    ],
    bind(w, own) {
      const { a, b } = start(w);
      const stacked = tf.concat([own['lora_A']!, tf.tensor2d(a, [rank, w.in])], 0) as tf.Tensor2D;
      const beside = [
        own['lora_B']!,
        tf.tensor2d(
          b.map((value) => -value),
          [w.out, rank],
        ),
      ];
      return loraDelta(w, stacked, tf.concat(beside, 1) as tf.Tensor2D);
    },
    dense(w, own) {
      const { a, b } = start(w);
      return denseSum(denseProduct(w, own['lora_A']!, own['lora_B']!, rank), denseProduct(w, a, b, rank), -1);
    },
    // [B, -B₀] of [A; A₀], of twice the rank: what HF PEFT's conversion to a LoRA of the unchanged W writes.
    factors(w, own) {
      const { a, b } = start(w);
      const trained = own['lora_B']!;
      const beside = Float32Array.from({ length: w.out * 2 * rank }, (_, k) => {
        const [o, r] = [Math.floor(k / (2 * rank)), k % (2 * rank)];
        return r < rank ? trained[o * rank + r]! : -b[o * rank + r - rank]!;
      });
      return { rank: 2 * rank, a: Float32Array.from([...Array.from(own['lora_A']!), ...a]), b: beside };
    },
  };
}
