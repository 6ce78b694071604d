import { tf, withGradient } from '@lomap/compile';

/**
 * Scores by distance: x [h, B, S, d] with rel [h, 2S, d] to [h, B, S, S], the element (a, c) being x[a]·rel[a + c].
 *
 * One product of all rows with all distances, then a skew. Its transpose is the gradient's. (rel's last row is never read; it makes the sizes even,
 * so that one query has a product too.)
 */
export function skewedProduct(x: tf.Tensor4D, rel: tf.Tensor3D): tf.Tensor4D {
  const [heads, examples, length, size] = x.shape;
  return withGradient((x, rel) => {
    const rows = tf.reshape(x!, [heads, examples * length, size]) as tf.Tensor3D;
    const products = tf.matMul(rows, rel as tf.Tensor3D, false, true);
    return {
      value: tf.reshape(skew(products, heads * examples, length), [heads, examples, length, length]),
      saved: [x!, rel!],
      gradFunc: (dy, [x, rel]) => {
        const [dx, dRel] = gradients(dy, x as tf.Tensor4D, rel as tf.Tensor3D);
        return [dx, dRel];
      },
    };
  })(x, rel) as tf.Tensor4D;
}

/** The skew leaves a row below each example's rows, so x is given a row of zeros there: cheaper than slicing. */
function gradients(dy: tf.Tensor, x: tf.Tensor4D, rel: tf.Tensor3D): [dx: tf.Tensor, dRel: tf.Tensor] {
  const [heads, examples, length, size] = x.shape;
  const rows = examples * length + examples;
  const dProducts = tf.reshape(unskew(dy, heads * examples, length), [heads, rows, 2 * length]) as tf.Tensor3D;
  const below = tf.reshape(withZeros(x, 2, 1), [heads, rows, size]) as tf.Tensor3D;
  const dx = tf.reshape(tf.matMul(dProducts, rel), [heads, examples, length + 1, size]);
  return [tf.slice(dx, [0, 0, 0, 0], [heads, examples, length, size]), tf.matMul(dProducts, below, true, false)];
}

/** [n·S, 2S] to [n, S, S]: with S zeros after the n-th's values its rows are 2S + 1 long, and begin one further each. */
function skew(products: tf.Tensor, n: number, length: number): tf.Tensor {
  const longer = withZeros(tf.reshape(products, [n, -1]), 1, length);
  return tf.slice(tf.reshape(longer, [n, length, 2 * length + 1]), [0, 0, 0], [n, length, length]);
}

/** The transpose of `skew`, with a row of zeros after the n-th's rows: [n, S, S] to [n, S + 1, 2S]. */
function unskew(dy: tf.Tensor, n: number, length: number): tf.Tensor {
  const wide = withZeros(tf.reshape(dy, [n, length, length]), 2, length + 1);
  return tf.reshape(withZeros(tf.reshape(wide, [n, -1]), 1, length), [n, length + 1, 2 * length]);
}

/** Zeros after x along an axis. By Concat: ONNX Runtime's Pad copies with one thread. */
function withZeros(x: tf.Tensor, axis: number, count: number): tf.Tensor {
  const zeros = tf.zeros(x.shape.map((size, k) => (k === axis ? count : size)));
  return tf.concat([x, zeros], axis);
}
