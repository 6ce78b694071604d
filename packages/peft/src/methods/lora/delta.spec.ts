import { beforeAll, describe, expect, test } from '@jest/globals';
import { key, normal, tf } from '@lomap/compile';
import type { Along } from '@lomap/map';
import { weightOf } from '@lomap/map/testing';
import { loraDelta, loraFamily } from './delta.ts';

beforeAll(() => tf.setBackend('cpu'));

describe('starts', () => {
  const shape = { out: 90, in: 400 };
  test('A is U(-1/√in, 1/√in), B zero', () => {
    const [a, b] = loraFamily({ rank: 9, startOfB: 'zero' }).params(weightOf(shape));
    const values = a!.init(key(1, 'A'));
    expect(Math.max(...values)).toBeLessThanOrEqual(0.05);
    expect(Math.max(...values)).toBeGreaterThan(0.049);
    expect(Math.min(...values)).toBeLessThan(-0.049);
    expect(b!.init(key(1, 'B')).every((value) => value === 0)).toBe(true);
  });
  test('a random B is by its own fan-in, the rank', () => {
    const [, b] = loraFamily({ rank: 9, startOfB: 'kaiming' }).params(weightOf(shape));
    const values = b!.init(key(1, 'B'));
    expect(Math.max(...values)).toBeGreaterThan(0.32);
    expect(Math.max(...values)).toBeLessThanOrEqual(1 / 3);
  });
});

describe('variants', () => {
  const w = weightOf({ out: 60, in: 400 });
  test('gaussian: A is N(0, 1/rank²)', () => {
    const [a, b] = loraFamily({ rank: 8, startOfB: 'zero', startOfA: 'gaussian' }).params(w);
    const values = a!.init(key(1, 'A'));
    const variance = values.reduce((sum, value) => sum + value * value, 0) / values.length;
    expect(Math.sqrt(variance) * 8).toBeCloseTo(1, 1);
    expect(Math.max(...values)).toBeGreaterThan(3 / 8); // a uniform distribution of this variance ends at √3/8
    expect(b!.init(key(1, 'B')).every((value) => value === 0)).toBe(true);
  });
  test('LoRA+: the ratio is on B alone', () => {
    const specs = loraFamily({ rank: 8, startOfB: 'zero', learningRateRatio: 16 }).params(w);
    expect(specs.map(({ name, learningRateMultiplier }) => [name, learningRateMultiplier])).toEqual([
      ['lora_A', 1],
      ['lora_B', 16],
    ]);
  });
});

describe.each([
  { out: 4, in: 6 },
  { out: 6, in: 4 },
])('scaling, %j', (shape) => {
  const delta = () =>
    loraDelta(
      shape,
      tf.tensor2d(normal(key(1, 'A'), 2 * shape.in), [2, shape.in]),
      tf.tensor2d(normal(key(1, 'B'), 2 * shape.out), [shape.out, 2]),
    );
  const factors: [Along, tf.Tensor | number][] = [
    ['global', 1],
    ['global', 2.5],
    ['global', tf.scalar(-1.5)],
    ['row', tf.linspace(1, 2, shape.out)],
    ['column', tf.linspace(1, 2, shape.in)],
  ];
  test.each(factors)('%s: factors, and products with x, are those of the scaled dense matrix', (along, by) => {
    const dense = tf.mul(delta().dense(), along === 'row' ? tf.reshape(by as tf.Tensor, [-1, 1]) : by);
    const scaled = delta().scale(by, along);
    const close = (a: tf.Tensor, b: tf.Tensor): void =>
      expect(tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]).toBeLessThan(1e-5);
    close(scaled.dense(), dense);
    const x = tf.tensor2d(normal(key(1, 'x'), 3 * shape.in), [3, shape.in]);
    close(scaled.apply(x), tf.matMul(x, dense, false, true));
  });
});
