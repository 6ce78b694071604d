import { tf } from '@lomap/compile';
import { denseSum, type Composition } from '@lomap/map';

/** LoRA's composition, W* = W + sΔ with s = loraAlpha/rank. No parameters. */
export function addComposition(scaling: number): Composition {
  return {
    name: 'add',
    params: () => [],
    apply({ x, xDelta, bias }, w, delta) {
      const product = tf.matMul(x, w.tensor(), false, true) as tf.Tensor2D;
      return tf.add(bias ? tf.add(product, bias) : product, delta.scale(scaling, 'global').apply(xDelta));
    },
    weight: (w, delta) => denseSum(w.values(), delta, scaling),
    rowScales: (w) => ({
      base: new Float64Array(w.out).fill(1),
      update: new Float64Array(w.out).fill(scaling),
    }),
  };
}
