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

/** The value of x, with a gradient of zeros: x is an input that is set, not learned. */
export function withoutGradientOf(x: tf.Tensor): tf.Tensor {
  return withGradient((x) => ({ value: tf.mul(x!, 1), saved: [x!], gradFunc: (_, [x]) => tf.zerosLike(x!) }))(x);
}

/**
 * The value of f(), a constant in the backward pass: nothing of f is recorded, so that no gradient of it is computed,
 * not even a zero one.
 */
export function withoutGradient<T extends tf.Tensor>(f: () => T): T {
  return tf.customGrad<T>(() => ({ value: f(), gradFunc: () => [] }))();
}

/**
 * s = β/(√x + ε) of scalars, with dβ = ds/(√x + ε) and dx = -½ dβ s/√x: MAP's factor on Δ, of x = ‖Δ‖².
 *
 * The same as `tf.div(beta, tf.add(normOfSquare(x), epsilon))` in half the operations, which count when every matrix has them.
 * Below float32's smallest normal number x is taken as that: where ‖Δ‖ = 0 the gradient stays finite, so that times Δ's
 * own zeros it is exactly 0 for any ε > 0.
 */
export function magnitudePerNorm(beta: tf.Tensor, x: tf.Tensor, epsilon: number): tf.Tensor {
  return withGradient((beta, x) => {
    const root = tf.sqrt(tf.maximum(x!, TINY));
    const divisor = tf.add(root, epsilon);
    const scale = tf.div(beta!, divisor);
    return {
      value: scale,
      saved: [root, divisor, scale],
      gradFunc: (dy, [root, divisor, scale]) => {
        const dBeta = tf.div(dy, divisor!);
        return [dBeta, tf.mul(tf.div(tf.mul(dBeta, scale!), root!), -0.5)];
      },
    };
  })(beta, x);
}
