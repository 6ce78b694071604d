import { describe, expect, test } from '@jest/globals';
import { N, S, type TensorFunction } from '../testing/both.ts';
import { graphOf } from '../testing/graphs.ts';
import { floats } from '../testing/kernel-cases/kernel-case.ts';
import { tf } from '../tf.ts';
import { tracePoints, unify } from './unify.ts';
import type { Graph } from '../trace/graph.ts';

describe('tracePoints', () => {
  test('a base, each symbol alone changed, and a point where all differ', () => {
    expect(tracePoints(['N', 'S'])).toEqual([
      { N: 61, S: 13 },
      { N: 67, S: 13 },
      { N: 61, S: 17 },
      { N: 53, S: 11 },
    ]);
  });

  test('without symbols there is one, and more than four are refused', () => {
    expect(tracePoints([])).toEqual([{}]);
    expect(() => tracePoints(['A', 'B', 'C', 'D', 'E'])).toThrow('At most 4 symbols are supported, not 5.');
  });

  test('no size is seen twice', () => {
    const seen = tracePoints(['A', 'B', 'C', 'D']).flatMap((point) => Object.values(point));
    expect(new Set(seen).size).toBe(12);
  });
});

describe('unify', () => {
  const specs = [floats(N, S)];
  const sizesOf = (f: TensorFunction): unknown[] =>
    graphOf(f, specs).nodes.flatMap(({ operands }) => operands.flatMap((o) => ('sizes' in o ? [o.sizes] : [])));

  test('sizes that agree stay numbers, one open size of a reshape is the rest, others are affine', () => {
    const affine = (constant: number, coefficients: Record<string, number>): object => ({ constant, coefficients });
    expect(sizesOf((x) => tf.reshape(x, [1, -1, 1]))).toEqual([[1, 'rest', 1]]);
    expect(sizesOf((x) => tf.reshape(x, [x.shape[1]!, 1, x.shape[0]!]))).toEqual([
      [affine(0, { S: 1 }), 1, affine(0, { N: 1 })],
    ]);
    expect(sizesOf((x) => tf.slice(x, [1, 0], [x.shape[0]! - 3, 2]))).toEqual([
      [1, 0],
      [affine(-2, { N: 1 }), 2],
    ]);
  });

  test('a constant of one value and a symbolic shape is filled when the graph runs', () => {
    const graph = graphOf((x) => [tf.ones([x.shape[0]!, 2]), tf.tensor(Array<number>(x.shape[1]!).fill(NaN))], specs);
    expect(graph.constants.size).toBe(0);
    expect(graph.nodes.map(({ op, attributes }) => [op, attributes['value']])).toEqual([
      ['ConstantOfShape', 1],
      ['ConstantOfShape', NaN],
    ]);
  });

  test('a constant that does not depend on the sizes stays one, whatever it holds', () => {
    const graph = graphOf((x) => tf.mul(tf.sum(x), tf.tensor1d([NaN, -0, Infinity])), specs);
    expect(graph.constants.size).toBe(1);
  });

  test.each<[string, TensorFunction, RegExp]>([
    [
      'operations',
      (x) => (x.shape[0]! > 62 ? tf.neg(x) : tf.neg(tf.neg(x))),
      /2 operations at {"N":61,"S":13} and 1 at {"N":67,"S":13}.*control flow/,
    ],
    [
      'an operation',
      (x) => (x.shape[0]! > 62 ? tf.sin(x) : tf.cos(x)),
      /The operation Cos {} becomes Sin {} at other sizes/,
    ],
    [
      'an attribute',
      (x) => tf.fill([2], x.shape[0]!),
      /ConstantOfShape .*61.* becomes ConstantOfShape .*67.*may not depend on the sizes/,
    ],
    [
      'an infinite attribute',
      (x) => tf.fill([2], x.shape[0]! > 62 ? Infinity : NaN),
      /becomes ConstantOfShape .*Infinity/,
    ],
    [
      'an operand',
      (x) => ((y) => tf.neg(x.shape[0]! > 62 ? y : x))(tf.exp(x)),
      /The operand 0 of Neg is another tensor/,
    ],
    [
      'another constant',
      (x) => tf.mul(x, x.shape[1]!),
      /A constant \[\] .* other values at other sizes .* as an input/,
    ],
    ['a longer constant', (x) => tf.tensor1d([...Array(x.shape[0]!).keys()]), /A constant \[61\] .* other values/],
    [
      'a size that is not affine',
      (x) => tf.slice(tf.reshape(x, [-1]), [0], [x.size - 1]),
      /A size of Slice .* not affine/,
    ],
    ['another output', (x) => ((y) => (x.shape[0]! > 62 ? y : x))(tf.exp(x)), /control flow/],
  ])('%s at other sizes is refused', (_, f, message) => {
    expect(() => graphOf(f, specs)).toThrow(message);
  });

  test('another number of outputs is refused', () => {
    const returning = (count: number): Graph => {
      const outputs = Array.from({ length: count }, (_, id) => ({ id, shape: [], dtype: 'float32' as const }));
      return { inputs: outputs, outputs, nodes: [], constants: new Map(), frozen: new Map() };
    };
    const [a, b] = [returning(1), returning(2)];
    expect(() => unify([a, b], [{ N: 61 }, { N: 67 }])).toThrow(/control flow/);
    expect(() => unify([b, a], [{ N: 61 }, { N: 67 }])).toThrow(/control flow/);
  });
});
