import { beforeAll, expect, test } from '@jest/globals';
import { fold, key, normal, sizeOf, tf } from '@lomap/compile';
import { skewedProduct } from './skewed-product.ts';

beforeAll(() => tf.setBackend('cpu'));

const random = (name: string, ...shape: number[]): tf.Tensor =>
  tf.tensor(normal(fold(key(3), name), sizeOf(shape), 0, 1), shape);

/** The definition, in operations with gradients of their own. */
function bySelection(x: tf.Tensor, rel: tf.Tensor): tf.Tensor {
  const [heads, examples, length] = x.shape as [number, number, number];
  const rows = Array.from({ length }, (_, a) => {
    const query = tf.slice(x, [0, 0, a, 0], [heads, examples, 1, -1]);
    const keys = tf.slice(rel, [0, a, 0], [heads, length, -1]);
    return tf.sum(tf.mul(query, tf.reshape(keys, [heads, 1, length, -1])), -1);
  });
  return tf.stack(rows, 2);
}

test.each([1, 2, 5])('value and gradients are those of the definition, of %i points', (length) => {
  const [x, rel] = [random('x', 2, 3, length, 4), random('rel', 2, 2 * length, 4)];
  const weights = random('weights', 2, 3, length, length);
  const differentiate = (f: (x: tf.Tensor, rel: tf.Tensor) => tf.Tensor) =>
    tf.valueAndGrads((x, rel) => tf.sum(tf.mul(f(x!, rel!), weights)))([x, rel]);
  const ours = differentiate((x, rel) => skewedProduct(x as tf.Tensor4D, rel as tf.Tensor3D));
  const expected = differentiate(bySelection);
  expect(ours.value.dataSync()[0]).toBeCloseTo(expected.value.dataSync()[0]!, 5);
  expected.grads.forEach((gradient, i) => {
    expect(ours.grads[i]!.shape).toEqual(gradient.shape);
    const values = ours.grads[i]!.dataSync();
    gradient.dataSync().forEach((value, j) => expect(values[j]).toBeCloseTo(value, 5));
  });
});
