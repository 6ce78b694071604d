import { describe, expect, test } from '@jest/globals';
import { tf } from '@lomap/compile';
import type { ParamSpec } from '@lomap/peft';
import { concatParams, flatLayout, packParams, perSegment, splitParams, unpackParams } from './flat-layout.ts';

const spec = (name: string, shape: number[], group: ParamSpec['group'], decay = true, multiplier = 1): ParamSpec => ({
  name,
  shape,
  group,
  decay,
  learningRateMultiplier: multiplier,
  init: () => new Float32Array(shape.reduce((a, b) => a * b, 1)),
});

const specs = [
  spec('head.weight', [2, 3], 'head'),
  spec('q.A', [1, 2], 'adapter'),
  spec('q.alpha', [1], 'scalars', false, 10),
  spec('head.bias', [2], 'head', false),
  spec('q.B', [3, 1], 'adapter'),
  spec('v.magnitude', [2], 'adapter', false),
  spec('v.A', [1, 2], 'adapter'),
];
const values = specs.map(({ shape }, i) => new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(i + 1));

describe('layout', () => {
  test('puts groups and equal settings side by side, else keeps the order of the specs', () => {
    const result = flatLayout(specs);
    expect(result.segments.map(({ name }) => name)).toEqual([
      'q.A',
      'q.B',
      'v.A',
      'v.magnitude',
      'q.alpha',
      'head.weight',
      'head.bias',
    ]);
    expect(result.segments.map(({ offset }) => offset)).toEqual([0, 2, 5, 7, 9, 10, 16]);
    expect(result.groups).toEqual([
      { name: 'adapter', offset: 0, size: 9 },
      { name: 'scalars', offset: 9, size: 1 },
      { name: 'head', offset: 10, size: 8 },
    ]);
    expect(result.size).toBe(18);
  });

  test('refuses nothing, equal names and empty tensors', () => {
    expect(() => flatLayout([])).toThrow('no trainable tensors');
    expect(() => flatLayout([spec('a', [1], 'head'), spec('a', [1], 'head')])).toThrow(
      'Two trainable tensors are called a',
    );
    expect(() => flatLayout([spec('a', [0, 3], 'head')])).toThrow('a has no elements: its shape is [0, 3]');
  });
});

describe('packing', () => {
  test('returns what was packed, in the order of the specs, on the host and on tensors', () => {
    const where = flatLayout(specs);
    const flat = packParams(where, values);
    expect([...flat]).toEqual([2, 2, 5, 5, 5, 7, 7, 6, 6, 3, 1, 1, 1, 1, 1, 1, 4, 4]);
    expect(unpackParams(where, flat)).toEqual(values);
    tf.tidy(() => {
      const tensors = splitParams(where, tf.tensor1d(flat));
      expect(tensors.map(({ shape }) => shape)).toEqual(specs.map(({ shape }) => shape));
      expect(tensors.map((tensor) => tensor.dataSync())).toEqual(values);
      expect(concatParams(where, tensors).dataSync()).toEqual(flat);
    });
  });

  test('names the tensor whose length does not fit', () => {
    const where = flatLayout(specs);
    expect(() => packParams(where, values.slice(1))).toThrow('6 arrays given for 7 trainable tensors');
    expect(() => packParams(where, values.with(1, new Float32Array(3)))).toThrow(
      'q.A has 3 values; its shape [1, 2] needs 2',
    );
    expect(() => unpackParams(where, new Float32Array(17))).toThrow('17 values given for 18');
  });

  test('a constant of each segment is a number when all are equal, else a vector', () => {
    const where = flatLayout(specs);
    expect(perSegment(where, () => 2)).toBe(2);
    tf.tidy(() => {
      const multipliers = perSegment(where, (segment) => segment.learningRateMultiplier) as tf.Tensor1D;
      expect([...multipliers.dataSync()]).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1, 10, 1, 1, 1, 1, 1, 1, 1, 1]);
    });
  });
});
