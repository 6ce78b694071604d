import { tf } from '@lomap/compile';
import {
  denseNorms,
  denseScaled,
  denseSum,
  withoutGradient,
  type Composition,
  type Delta,
  type ParamSpec,
  type Weight,
} from '@lomap/map';
import { FLOOR, rowNorm } from './magnitude.ts';

/** The names of the magnitudes [out] and [in]. */
const ROWS = 'bora_magnitude_row';
const COLUMNS = 'bora_magnitude_column';

/**
 * BoRA's composition: H = m_row ∘ V/‖V‖ by rows with V = W + sΔ, W* = m_column ∘ H/‖H‖ by columns (arXiv 2412.06441, as third parties
 * relay it). The magnitudes start at W's norms, so that W* = W; both norms are constants in the backward pass.
 *
 * ‖H‖² by columns is g²(W∘W) + 2<W, s diag(g²)Δ> + ‖s diag(g)Δ‖² with g = m_row/‖V‖. With adapter dropout the change of W
 * reads the dropped input, as DoRA's does.
 */
export function boraComposition(scaling: number, learningRateRatio = 1): Composition {
  const spec = (name: string, size: number, init: () => Float64Array): ParamSpec => ({
    name,
    shape: [size],
    init: () => Float32Array.from(init()),
    decay: false,
    group: 'adapter',
    learningRateMultiplier: learningRateRatio,
  });
  return {
    name: 'bora',
    params: (w) => [spec(ROWS, w.out, () => w.norms('row')), spec(COLUMNS, w.in, () => w.norms('column'))],
    apply({ x, xDelta, bias }, w, delta, own) {
      const scaled = delta.scale(scaling, 'global');
      const rows = tf.div(
        own[ROWS]!,
        withoutGradient(() => rowNorm(w, scaled)),
      );
      const columns = tf.div(
        own[COLUMNS]!,
        withoutGradient(() => columnNorm(w, scaled, rows)),
      );
      const product = (input: tf.Tensor2D): tf.Tensor2D => tf.matMul(input, w.tensor(), false, true);
      const changed = tf.mul(product(tf.mul(xDelta, columns)), rows);
      const base = xDelta === x ? changed : tf.add(product(x), tf.sub(changed, product(xDelta)));
      const update = scaled.scale(rows, 'row').scale(columns, 'column');
      return tf.add(bias ? tf.add(base, bias) : base, update.apply(xDelta)) as tf.Tensor2D;
    },
    weight(w, delta, own) {
      const sum = denseSum(w.values(), delta, scaling);
      const rows = denseScaled(w, sum, gains(own[ROWS]!, denseNorms(w, sum, 'row')), 'row');
      return denseScaled(w, rows, gains(own[COLUMNS]!, denseNorms(w, rows, 'column')), 'column');
    },
  };
}

function gains(magnitudes: ArrayLike<number>, norms: Float64Array): Float64Array {
  return norms.map((norm, i) => magnitudes[i]! / Math.max(norm, FLOOR));
}

/** ‖diag(g)(W + Δ)‖ by columns [in]. */
function columnNorm(w: Weight, delta: Delta, gain: tf.Tensor): tf.Tensor {
  const squaredGain = tf.square(gain);
  const base = tf.reshape(tf.matMul(tf.reshape(squaredGain, [1, w.out]), tf.square(w.tensor())), [w.in]);
  const cross = tf.mul(delta.scale(squaredGain, 'row').inner(w, 'column'), 2);
  const squares = tf.add(tf.add(base, cross), delta.scale(gain, 'row').squaredNorm('column'));
  return tf.sqrt(tf.maximum(squares, FLOOR * FLOOR));
}
