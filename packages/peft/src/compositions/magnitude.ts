import { tf } from '@lomap/compile';
import {
  denseNorms,
  denseScaled,
  denseSum,
  withoutGradient,
  type Composition,
  type Delta,
  type HostValues,
  type Weight,
} from '@lomap/map';

/** Floor of a row's norm: a row of W + sΔ that is all zero gives a zero row of W*, where HF PEFT gives NaN. */
export const FLOOR = 1e-12;

/** The name of DoRA's magnitude m [out]. */
export const MAGNITUDE = 'lora_magnitude_vector';

/**
 * DoRA's composition, W* = g ∘ (W + sΔ) by rows with g = m/‖W + sΔ‖_row (Liu et al., arXiv 2402.09353; HF PEFT).
 *
 * m [out] starts at W's row norms, so that W* = W. The norm is a constant in the backward pass (§4.3 of the paper), and
 * factored: ‖W + sΔ‖² = ‖W‖² + 2s<W, Δ> + s²‖Δ‖² by rows.
 *
 * With adapter dropout, HF PEFT's formula: y = x Wᵀ + bias + (g - 1) ∘ (x' Wᵀ) + g ∘ (x' sΔᵀ), x' the dropped input.
 *
 * @param learningRateRatio m's learning rate over A's: LoRA+'s ratio.
 */
export function magnitudeComposition(scaling: number, learningRateRatio = 1): Composition {
  return {
    name: 'magnitude',
    params: (w) => [
      {
        name: MAGNITUDE,
        shape: [w.out],
        init: () => Float32Array.from(w.norms('row')),
        decay: false,
        group: 'adapter',
        learningRateMultiplier: learningRateRatio,
      },
    ],
    apply({ x, xDelta, bias }, w, delta, own) {
      const scaled = delta.scale(scaling, 'global');
      const gain = tf.div(
        own[MAGNITUDE]!,
        withoutGradient(() => rowNorm(w, scaled)),
      );
      const product = tf.matMul(x, w.tensor(), false, true) as tf.Tensor2D;
      const base =
        xDelta === x
          ? tf.mul(product, gain)
          : tf.add(product, tf.mul(tf.matMul(xDelta, w.tensor(), false, true), tf.sub(gain, 1)));
      // g is folded into Δ's rows, so that it makes one pass over the activations and not two.
      return tf.add(bias ? tf.add(base, bias) : base, scaled.scale(gain, 'row').apply(xDelta)) as tf.Tensor2D;
    },
    weight(w, delta, own) {
      const sum = denseSum(w.values(), delta, scaling);
      return denseScaled(w, sum, gains(w, sum, own), 'row');
    },
    rowScales(w, delta, own) {
      const base = gains(w, denseSum(w.values(), delta, scaling), own);
      return { base, update: base.map((gain) => gain * scaling) };
    },
  };
}

/** m/‖W + sΔ‖ by rows [out]. */
function gains(w: Weight, sum: Float64Array, own: HostValues): Float64Array {
  const magnitude = own[MAGNITUDE]!;
  return denseNorms(w, sum, 'row').map((norm, o) => magnitude[o]! / Math.max(norm, FLOOR));
}

/** ‖W + Δ‖ by rows [out]. */
export function rowNorm(w: Weight, delta: Delta): tf.Tensor {
  const base = tf.tensor1d(Float32Array.from(w.norms('row'), (norm) => norm * norm));
  const cross = tf.mul(delta.inner(w, 'row'), 2);
  const squares = tf.add(tf.add(base, cross), delta.squaredNorm('row'));
  return tf.sqrt(tf.maximum(squares, FLOOR * FLOOR));
}
