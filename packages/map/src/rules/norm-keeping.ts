import { tf } from '@lomap/compile';
import { normOfSquare } from '../gradient.ts';
import type { Delta, Weight } from '../types.ts';
import type { MagnitudeRule } from './rule.ts';

/**
 * α = -βc + √(‖W‖² - β²(1 - c²)), c the cosine of W and Δ: the one α > 0 with ‖W*‖_F = ‖W‖_F, a rotation of W in the plane of
 * W and Δ. It is a function of β and Δ, through which their gradients go.
 *
 * Where the update is longer than W and points away from it there is no such α, and -βc is the nearest.
 */
export const normKeeping: MagnitudeRule = {
  name: 'norm-keeping',
  what: 'α = -βc + √(‖W‖² - β²(1 - c²)), c = <W, Δ>/(‖W‖‖Δ‖)',
  source: 'ours',
  constants: {},
  decides: ['alpha', 'baseScope'],
  keepsNorm: true,
  refuses: ({ deltaScope }) =>
    deltaScope === 'global'
      ? []
      : [
          `magnitudes norm-keeping is of the norm of the whole matrix; set deltaScope to "global", not "${deltaScope}".`,
        ],
};

/**
 * α/‖W‖ in the graph, for the update sΔ: with p = s<W, Δ>/‖W‖ = βc and s²‖Δ‖² = β², α = -p + √(‖W‖² - β² + p²). At Δ = 0 it
 * is 1 exactly.
 *
 * @param scale s = β/(‖Δ‖ + ε), a scalar
 */
export function keptNormFactor(w: Weight, delta: Delta, scale: tf.Tensor): tf.Tensor {
  const norm = w.norms('global')[0]!;
  const along = tf.mul(scale, tf.div(delta.inner(w, 'global'), norm ** 2));
  const across = tf.div(tf.mul(tf.square(scale), delta.squaredNorm('global')), norm ** 2);
  return tf.sub(normOfSquare(tf.add(tf.sub(1, across), tf.square(along))), along);
}

/** The same of a dense update U = sΔ in float64. */
export function keptNormFactorOf(w: Weight, update: Float64Array): number {
  const square = w.norms('global')[0]! ** 2;
  let [along, across] = [0, 0];
  w.values().forEach((value, i) => {
    along += value * update[i]!;
    across += update[i]! ** 2;
  });
  along /= square;
  return Math.sqrt(Math.max(1 - across / square + along ** 2, 0)) - along;
}
