/** Differentiable pieces whose gradient is written by hand, because it is cheaper or because autodiff's is NaN. */
import { sumOfProducts, tf, withGradient } from '@lomap/compile';

/** The smallest normal float32. */
const TINY = 1.1754943508222875e-38;

/**
 * √max(x, 0) elementwise, with derivative 1/(2√x), and 0 at x ≤ 0: the norm of a zero update has gradient exactly 0,
 * where autodiff has ∞·0. A sum of squares can round to slightly less than 0, hence the maximum.
 */
export function normOfSquare(x: tf.Tensor): tf.Tensor {
  return withGradient((x) => {
    const root = tf.sqrt(tf.maximum(x, 0));
    return {
      value: root,
      saved: [x!, root],
      // √x/x is 1/√x, and 0/TINY = 0 at x = 0.
      gradFunc: (dy, [x, root]) => tf.mul(dy, tf.mul(tf.div(root!, tf.maximum(x!, TINY)), 0.5)),
    };
  })(x);
}

/** c·x for a scalar tensor c. dc = <dy, x> is one dot product, without autodiff's temporary of x's size. */
export function scaleBy<T extends tf.Tensor>(x: T, c: tf.Tensor): T {
  return withGradient((x, c) => ({
    value: tf.mul(x!, c!),
    saved: [x!, c!],
    gradFunc: (dy, [x, c]) => [tf.mul(dy, c!), tf.reshape(sumOfProducts(dy, x!), c!.shape)],
  }))(x, c) as T;
}

/**
 * The value of f(), a constant in the backward pass: nothing of f is recorded, so that no gradient of it is computed,
 * not even a zero one.
 */
export function withoutGradient<T extends tf.Tensor>(f: () => T): T {
  return tf.customGrad<T>(() => ({ value: f(), gradFunc: () => [] }))();
}
