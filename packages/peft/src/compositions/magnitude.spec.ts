import { beforeAll, describe, expect, test } from '@jest/globals';
import { key, normal, tf } from '@lomap/compile';
import { denseProduct, frozenWeight, type Weight } from '@lomap/map';
import { loraDelta } from '../methods/lora/delta.ts';
import { MAGNITUDE, magnitudeComposition } from './magnitude.ts';

beforeAll(() => tf.setBackend('cpu'));

const shape = { out: 4, in: 6 };
const [RANK, SCALING, N] = [2, 1.5, 3];
const values = normal(key(1, 'W'), 24);
const w: Weight = frozenWeight(
  'layer',
  shape,
  () => values,
  () => tf.tensor2d(values, [4, 6]),
);
const composition = magnitudeComposition(SCALING);

const inputs = (): tf.Tensor[] => [
  tf.tensor2d(normal(key(1, 'x'), N * 6), [N, 6]),
  tf.tensor2d(normal(key(1, 'A'), RANK * 6), [RANK, 6]),
  tf.tensor2d(normal(key(1, 'B'), 4 * RANK), [4, RANK]),
  tf.tensor1d([1.5, 2, 2.5, 3]),
];
const bias = (): tf.Tensor1D => tf.tensor1d([0.1, -0.2, 0.3, 0.4]);
const mask = (): tf.Tensor2D =>
  tf.tensor2d(
    Array.from({ length: N * 6 }, (_, i) => (i % 3 === 0 ? 0 : 1.5)),
    [N, 6],
  );

function ours(dropout: boolean) {
  return (x: tf.Tensor, a: tf.Tensor, b: tf.Tensor, m: tf.Tensor): tf.Tensor => {
    const delta = loraDelta(shape, a as tf.Tensor2D, b as tf.Tensor2D);
    const xDelta = dropout ? tf.mul(x, mask()) : x;
    return composition.apply({ x: x as tf.Tensor2D, xDelta: xDelta as tf.Tensor2D, bias: bias() }, w, delta, {
      [MAGNITUDE]: m,
    });
  };
}

/** HF PEFT's forward as it reads: dense norm, a number in the backward pass; the base recomputed on the dropped input. */
function reference(dropout: boolean) {
  return (x: tf.Tensor, a: tf.Tensor, b: tf.Tensor, m: tf.Tensor): tf.Tensor => {
    const norm = tf.tensor1d(tf.norm(tf.add(w.tensor(), tf.mul(tf.matMul(b, a), SCALING)), 'euclidean', 1).dataSync());
    const gain = tf.div(m, norm);
    const dropped = dropout ? tf.mul(x, mask()) : x;
    const base = tf.matMul(dropped, w.tensor(), false, true);
    const lora = tf.matMul(tf.matMul(dropped, a, false, true), b, false, true);
    const correction = tf.add(tf.mul(tf.sub(gain, 1), base), tf.mul(tf.mul(gain, lora), SCALING));
    return tf.add(tf.add(tf.matMul(x, w.tensor(), false, true), bias()), correction);
  };
}

const difference = (a: tf.Tensor, b: tf.Tensor): number => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]!;

describe.each([false, true])('DoRA, adapter dropout %s', (dropout) => {
  test('forward and gradients are those of HF PEFT’s dense formula', () => {
    const [x, a, b, m] = inputs();
    expect(difference(ours(dropout)(x!, a!, b!, m!), reference(dropout)(x!, a!, b!, m!))).toBeLessThan(1e-5);
    const u = tf.tensor2d(normal(key(1, 'u'), N * 4), [N, 4]);
    const gradients = (f: ReturnType<typeof ours>): tf.Tensor[] =>
      tf.grads((x, a, b, m) => tf.sum(tf.mul(f(x!, a!, b!, m!), u)))(inputs());
    const expected = gradients(reference(dropout));
    gradients(ours(dropout)).forEach((gradient, i) => expect(difference(gradient, expected[i]!)).toBeLessThan(2e-5));
  });
});

test('merged weights are those of the unmerged forward', () => {
  const [x, a, b, m] = inputs();
  const dense = denseProduct(shape, a!.dataSync(), b!.dataSync(), RANK);
  const merged = Float32Array.from(composition.weight(w, dense, { [MAGNITUDE]: m!.dataSync() }));
  const y = tf.add(tf.matMul(x!, tf.tensor2d(merged, [4, 6]), false, true), bias());
  expect(difference(y, ours(false)(x!, a!, b!, m!))).toBeLessThan(1e-5);
});

test('an all-zero row of W stays zero instead of NaN', () => {
  const zero = new Float32Array(24).fill(1, 6);
  const weight = frozenWeight(
    'layer',
    shape,
    () => zero,
    () => tf.tensor2d(zero, [4, 6]),
  );
  const m = composition.params(weight)[0]!.init(key(0));
  expect([...m]).toEqual([0, ...Array<number>(3).fill(Math.fround(Math.sqrt(6)))]);
  const [x, a] = inputs();
  const delta = loraDelta(shape, a as tf.Tensor2D, tf.zeros([4, RANK]));
  const y = composition.apply({ x: x as tf.Tensor2D, xDelta: x as tf.Tensor2D, bias: null }, weight, delta, {
    [MAGNITUDE]: tf.tensor1d(m),
  });
  expect(y.dataSync().every(Number.isFinite)).toBe(true);
  expect(composition.weight(weight, new Float64Array(24), { [MAGNITUDE]: m }).every(Number.isFinite)).toBe(true);
});
