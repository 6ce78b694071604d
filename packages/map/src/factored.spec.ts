import { beforeAll, describe, expect, test } from '@jest/globals';
import { key, normal, tf } from '@lomap/compile';
import { factoredInner, factoredSquaredNorm } from './factored.ts';
import { normOfSquare, scaleBy, withoutGradient } from './gradient.ts';
import type { Along } from './types.ts';
import { frozenWeight } from './weight.ts';

beforeAll(() => tf.setBackend('cpu'));

const alongs: Along[] = ['global', 'row', 'column'];
const random = (shape: [number, number], label: string): tf.Tensor2D =>
  tf.tensor2d(normal(key(7, label), shape[0] * shape[1]), shape);
const a = (): tf.Tensor2D => random([3, 7], 'A');
const b = (): tf.Tensor2D => random([5, 3], 'B');

/** Σ along of a dense matrix. */
function total(matrix: tf.Tensor, along: Along): tf.Tensor {
  return along === 'global' ? tf.sum(matrix) : tf.sum(matrix, along === 'row' ? 1 : 0);
}

/** Different weights on a norm's entries, so that a gradient mixed up between rows shows. */
function weighted(norm: tf.Tensor): tf.Scalar {
  const weights = tf.add(tf.range(1, norm.size + 1), 0.5);
  return tf.sum(tf.mul(tf.reshape(norm, [-1]), weights)) as tf.Scalar;
}

function expectClose(actual: tf.Tensor, expected: tf.Tensor, tolerance = 1e-5): void {
  expect(actual.shape).toEqual(expected.shape);
  const scale = Math.max(...expected.dataSync().map(Math.abs), 1e-30);
  const difference = tf.max(tf.abs(tf.sub(actual, expected))).dataSync()[0]!;
  expect(difference / scale).toBeLessThan(tolerance);
}

describe.each(alongs)('norms of BA along %s', (along) => {
  test('equal those of the dense product, and so do their gradients', () => {
    const factored = (a: tf.Tensor, b: tf.Tensor): tf.Tensor =>
      factoredSquaredNorm(a as tf.Tensor2D, b as tf.Tensor2D, along);
    const dense = (a: tf.Tensor, b: tf.Tensor): tf.Tensor => total(tf.square(tf.matMul(b, a)), along);
    expectClose(factored(a(), b()), dense(a(), b()));
    for (const norm of [(x: tf.Tensor) => x, normOfSquare, (x: tf.Tensor) => tf.sqrt(x)]) {
      const actual = tf.grads((a, b) => weighted(norm(factored(a!, b!))))([a(), b()]);
      const expected = tf.grads((a, b) => weighted(tf.reshape(norm(dense(a!, b!)), [-1])))([a(), b()]);
      actual.forEach((gradient, i) => expectClose(gradient, expected[i]!));
    }
  });

  test('have gradient exactly 0 at B = 0', () => {
    const zero = tf.zeros<tf.Rank.R2>([5, 3]);
    const f = (a: tf.Tensor, b: tf.Tensor): tf.Scalar =>
      weighted(normOfSquare(factoredSquaredNorm(a as tf.Tensor2D, b as tf.Tensor2D, along)));
    expect(f(a(), zero).dataSync()[0]).toBe(0);
    for (const gradient of tf.grads((a, b) => f(a!, b!))([a(), zero])) {
      expect(gradient.dataSync().every((value) => value === 0)).toBe(true);
    }
  });

  test('<W, BA> equals the dense inner product, value and gradient', () => {
    const values = normal(key(7, 'W'), 35);
    const w = frozenWeight(
      'w',
      { out: 5, in: 7 },
      () => values,
      () => tf.tensor2d(values, [5, 7]),
    );
    const actual = (a: tf.Tensor, b: tf.Tensor): tf.Tensor =>
      factoredInner(w, a as tf.Tensor2D, b as tf.Tensor2D, along);
    const expected = (a: tf.Tensor, b: tf.Tensor): tf.Tensor => total(tf.mul(w.tensor(), tf.matMul(b, a)), along);
    expectClose(actual(a(), b()), expected(a(), b()));
    const gradients = tf.grads((a, b) => weighted(actual(a!, b!)))([a(), b()]);
    const references = tf.grads((a, b) => weighted(expected(a!, b!)))([a(), b()]);
    gradients.forEach((gradient, i) => expectClose(gradient, references[i]!));
  });
});

test('a norm that only just cancels does not become NaN', () => {
  expect(normOfSquare(tf.tensor1d([-1e-9, 0, 4])).dataSync()).toEqual(Float32Array.of(0, 0, 2));
});

test('scaleBy has the gradient of a product', () => {
  const x = a();
  const gradients = tf.grads((x, c) => weighted(scaleBy(x!, c!)))([x, tf.scalar(1.7)]);
  const expected = tf.grads((x, c) => weighted(tf.mul(x!, c!)))([x, tf.scalar(1.7)]);
  gradients.forEach((gradient, i) => expectClose(gradient, expected[i]!));
});

test('withoutGradient: y = x·detached(x²) has the gradient x²', () => {
  const gradient = tf.grad((x) =>
    tf.mul(
      x,
      withoutGradient(() => tf.square(x)),
    ),
  )(tf.tensor1d([3]));
  expect(gradient.dataSync()[0]).toBe(9);
});
