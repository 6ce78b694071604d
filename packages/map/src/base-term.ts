/** The frozen term of MAP, x (α W/‖W‖)ᵀ, without building the scaled weight. */
import { tf } from '@lomap/compile';
import { denominator, denominatorValues } from './denominator.ts';
import { scaleBy } from './gradient.ts';
import { alphas, constant, magnitudeTensor, type Magnitude } from './magnitude.ts';
import type { MapSettings } from './settings.ts';
import type { Tensors, Weight } from './types.ts';

/** Factors of W: one for all entries, one a row [out], one a column [in]; none where it is exactly 1. */
export interface Factors {
  global?: tf.Tensor;
  row?: tf.Tensor;
  column?: tf.Tensor;
}

/**
 * x (α W/‖W‖)ᵀ + bias [n, out].
 *
 * A scalar factor is multiplied onto the narrower side, x [n, in] or the product [n, out]: these are the only passes
 * over activations that LoMAP adds to LoRA.
 */
export function baseTerm(
  x: tf.Tensor2D,
  bias: tf.Tensor1D | null,
  w: Weight,
  settings: MapSettings,
  own: Tensors,
): tf.Tensor2D {
  return scaledBase(x, bias, w, factors(w, settings, own));
}

/** x (diag(row) W diag(column))ᵀ·global + bias [n, out]. */
export function scaledBase(
  x: tf.Tensor2D,
  bias: tf.Tensor1D | null,
  w: Weight,
  { global, row, column }: Factors,
): tf.Tensor2D {
  const narrowInput = w.in <= w.out;
  let input = x;
  if (column) input = tf.mul(input, column);
  if (global && narrowInput) input = scaleBy(input, global);
  let product = tf.matMul(input, w.tensor(), false, true) as tf.Tensor2D;
  if (global && !narrowInput) product = scaleBy(product, global);
  if (row) product = tf.mul(product, row);
  return bias ? tf.add(product, bias) : product;
}

function factors(w: Weight, settings: MapSettings, own: Tensors): Factors {
  const found: Factors = {};
  for (const magnitude of alphas(settings, w)) {
    const factor = magnitude.bound
      ? learnedFactor(magnitude, w, found.row, settings, own)
      : frozenFactor(magnitude, w, found.row, settings);
    if (factor) found[magnitude.along] = factor;
  }
  return found;
}

/** α/(‖V‖ + ε), V = W or, for the columns of scope both, the rows' result. */
function learnedFactor(
  magnitude: Magnitude,
  w: Weight,
  row: tf.Tensor | undefined,
  settings: MapSettings,
  own: Tensors,
): tf.Tensor {
  const alpha = magnitudeTensor(magnitude, settings, own);
  if (!magnitude.normalised) return alpha;
  if (row)
    return tf.div(
      alpha,
      denominator(() => columnSquares(w, row), settings),
    );
  return tf.mul(alpha, constant(inverseNorms(magnitude, w, settings), magnitude.shape));
}

/** As above for a constant α; undefined where every factor rounds to 1. */
function frozenFactor(
  magnitude: Magnitude,
  w: Weight,
  row: tf.Tensor | undefined,
  settings: MapSettings,
): tf.Tensor | undefined {
  const start = magnitude.start();
  if (!magnitude.normalised) return undefined;
  if (row)
    return tf.div(
      constant(start, magnitude.shape),
      denominator(() => columnSquares(w, row), settings),
    );
  const values = inverseNorms(magnitude, w, settings).map((inverse, i) => inverse * start[i]!);
  return values.every((value) => Math.fround(value) === 1) ? undefined : constant(values, magnitude.shape);
}

function inverseNorms(magnitude: Magnitude, w: Weight, settings: MapSettings): Float64Array {
  return denominatorValues(w.norms(magnitude.along), settings, `${w.path}, ${magnitude.along} norm of W`).map(
    (d) => 1 / d,
  );
}

/** ‖diag(row) W‖² by columns [in]: row² (W∘W). */
function columnSquares(w: Weight, row: tf.Tensor): tf.Tensor {
  return tf.reshape(tf.matMul(tf.reshape(tf.square(row), [1, w.out]), tf.square(w.tensor())), [w.in]);
}
