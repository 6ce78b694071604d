/** Cases of the kernels that reduce axes. */
import { tf } from '../../tf.ts';
import { N } from '../both.ts';
import { CUBE, floats, HYPERCUBE, ints, MATRIX, VECTOR, type KernelCase, type KernelCases } from './kernel-case.ts';

type Reduce = (x: tf.Tensor, axis?: number | number[], keepDims?: boolean) => tf.Tensor;

/** `overSymbol`: whether TensorFlow.js's gradient can be traced when a symbolic axis is reduced. */
const reductions = (f: Reduce, overSymbol = true): KernelCase[] => {
  const gradient = overSymbol ? {} : { gradient: [] };
  return [
    { what: 'everything', inputs: [MATRIX], f: (x) => f(x), ...gradient },
    { what: 'a vector', inputs: [VECTOR], f: (x) => f(x), ...gradient },
    { what: 'the symbolic axis', inputs: [CUBE], f: (x) => f(x, 1), ...gradient },
    { what: 'another axis', inputs: [CUBE], f: (x) => f(x, 0) },
    { what: 'a negative axis', inputs: [HYPERCUBE], f: (x) => f(x, -1) },
    { what: 'two axes', inputs: [HYPERCUBE], f: (x) => f(x, [1, -1]) },
    { what: 'two axes, in another order', inputs: [HYPERCUBE], f: (x) => f(x, [3, 0]) },
    { what: 'keepDims', inputs: [HYPERCUBE], f: (x) => f(x, [0, -3], true) },
    { what: 'keepDims of everything', inputs: [MATRIX], f: (x) => f(x, undefined, true), ...gradient },
    { what: 'an axis of one', inputs: [floats(N, 1)], f: (x) => f(x, 1) },
    { what: 'a scalar', inputs: [floats()], f: (x) => f(x) },
    { what: 'int32', inputs: [ints(N, 3)], f: (x) => f(x, 1), gradient: [] },
    { what: 'int32, everything', inputs: [ints(N, 3)], f: (x) => f(x), gradient: [] },
  ];
};

const bool = (f: Reduce): KernelCase => ({
  what: 'bool',
  inputs: [ints(N, 3)],
  f: (x) => f(tf.cast(x, 'bool'), 0),
  gradient: [],
});

export const reductionCases: KernelCases = {
  Sum: [...reductions(tf.sum), bool(tf.sum)],
  // The gradient of a mean divides by the number of values, a constant of the trace where that is symbolic.
  Mean: [...reductions(tf.mean, false), bool(tf.mean)],
  Max: [...reductions(tf.max), bool(tf.max)],
  Min: [...reductions(tf.min), bool(tf.min)],
  // TensorFlow.js's gradient is of the last axis alone, given by its number.
  Cumsum: [
    { what: 'the last axis', inputs: [CUBE], f: (x) => tf.cumsum(x, 2) },
    { what: 'the last axis, reverse and exclusive', inputs: [MATRIX], f: (x) => tf.cumsum(x, 1, true, true) },
    { what: 'a vector', inputs: [VECTOR], f: (x) => tf.cumsum(x) },
    { what: 'the symbolic axis, exclusive', inputs: [MATRIX], f: (x) => tf.cumsum(x, 0, true), gradient: [] },
    { what: 'the first axis, reverse', inputs: [CUBE], f: (x) => tf.cumsum(x, 0, false, true), gradient: [] },
    { what: 'int32', inputs: [ints(N, 3)], f: (x) => tf.cumsum(x, 0), gradient: [] },
  ],
  Softmax: [
    { what: 'rows', inputs: [MATRIX], f: (x) => tf.softmax(x) },
    { what: 'rank 4, an axis given', inputs: [floats(2, 3, N, N)], f: (x) => tf.softmax(x, 3) },
    { what: 'over the symbol', inputs: [VECTOR], f: (x) => tf.softmax(x, -1) },
    { what: 'large values', inputs: [MATRIX], f: (x) => tf.softmax(tf.mul(x, 100)), tolerance: 1e-4 },
  ],
};
