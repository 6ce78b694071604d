import { beforeAll, expect, test } from '@jest/globals';
import { key, normal, tf } from '@lomap/compile';
import { denseProduct } from '@lomap/map';
import { loraDelta } from '../methods/lora/delta.ts';
import { weightOf } from '@lomap/map/testing';
import { boraComposition } from './bora.ts';

beforeAll(() => tf.setBackend('cpu'));

const shape = { out: 4, in: 6 };
const [RANK, SCALING, N] = [2, 1.5, 3];
const w = weightOf(shape);
const composition = boraComposition(SCALING);
const bias = (): tf.Tensor1D => tf.tensor1d([0.1, -0.2, 0.3, 0.4]);
const inputs = (): tf.Tensor[] => [
  tf.tensor2d(normal(key(1, 'x'), N * 6), [N, 6]),
  tf.tensor2d(normal(key(1, 'A'), RANK * 6), [RANK, 6]),
  tf.tensor2d(normal(key(1, 'B'), 4 * RANK), [4, RANK]),
  tf.linspace(1.5, 3, 4),
  tf.linspace(1, 2, 6),
];

const ours = (...[x, a, b, rows, columns]: tf.Tensor[]): tf.Tensor =>
  composition.apply(
    { x: x as tf.Tensor2D, xDelta: x as tf.Tensor2D, bias: bias() },
    w,
    loraDelta(shape, a as tf.Tensor2D, b as tf.Tensor2D),
    { bora_magnitude_row: rows!, bora_magnitude_column: columns! },
  );

/** The formula as it reads, with dense norms that are numbers in the backward pass. */
function reference(...[x, a, b, rows, columns]: tf.Tensor[]): tf.Tensor {
  const v = tf.add(w.tensor(), tf.mul(tf.matMul(b!, a!), SCALING));
  const ofRows = tf.tensor2d(tf.norm(v, 'euclidean', 1).dataSync(), [4, 1]);
  const h = tf.div(tf.mul(v, tf.reshape(rows!, [4, 1])), ofRows);
  const ofColumns = tf.tensor1d(tf.norm(h, 'euclidean', 0).dataSync());
  return tf.add(tf.matMul(x!, tf.div(tf.mul(h, columns!), ofColumns), false, true), bias());
}

const difference = (a: tf.Tensor, b: tf.Tensor): number => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]!;

test('forward and gradients are those of the dense formula with detached norms', () => {
  expect(difference(ours(...inputs()), reference(...inputs()))).toBeLessThan(1e-5);
  const u = tf.tensor2d(normal(key(1, 'u'), N * 4), [N, 4]);
  const gradients = (f: typeof ours): tf.Tensor[] => tf.grads((...given) => tf.sum(tf.mul(f(...given), u)))(inputs());
  const expected = gradients(reference);
  gradients(ours).forEach((gradient, i) => expect(difference(gradient, expected[i]!)).toBeLessThan(2e-5));
});

test('merged weights are those of the unmerged forward; columns end with their magnitudes as norms', () => {
  const [x, a, b, rows, columns] = inputs();
  const dense = denseProduct(shape, a!.dataSync(), b!.dataSync(), RANK);
  const merged = tf.tensor2d(
    Float32Array.from(
      composition.weight(w, dense, {
        bora_magnitude_row: rows!.dataSync(),
        bora_magnitude_column: columns!.dataSync(),
      }),
    ),
    [4, 6],
  );
  const y = tf.add(tf.matMul(x!, merged, false, true), bias());
  expect(difference(y, ours(...inputs()))).toBeLessThan(1e-5);
  expect(difference(tf.norm(merged, 'euclidean', 0), columns!)).toBeLessThan(1e-5);
});
