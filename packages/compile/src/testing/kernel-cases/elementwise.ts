/** Cases of the kernels that work element by element. */
import { tf } from '../../tf.ts';
import { N } from '../both.ts';
import {
  CUBE,
  floats,
  ints,
  MATRIX,
  nonzero,
  positive,
  VECTOR,
  type KernelCase,
  type KernelCases,
} from './kernel-case.ts';

type Binary = (a: tf.Tensor, b: tf.Tensor | number) => tf.Tensor;
type Unary = (x: tf.Tensor) => tf.Tensor;

/** A binary operation whose gradient TensorFlow.js sums back to the shapes of its inputs. */
const broadcasting = (f: Binary, more: Partial<KernelCase> = {}): KernelCase[] => [
  { what: 'equal shapes', inputs: [MATRIX, MATRIX], f, ...more },
  { what: 'a row', inputs: [MATRIX, floats(4)], f, ...more },
  { what: 'a column to the left', inputs: [floats(N, 1), CUBE], f, ...more },
  { what: 'both broadcast', inputs: [floats(N, 1), floats(1, 4)], f, ...more },
  { what: 'a scalar', inputs: [floats(), VECTOR], f, ...more },
];

const integers = (f: Binary): KernelCase => ({ what: 'int32', inputs: [ints(N, 4), ints(4)], f, gradient: [] });

const unary = (f: Unary, more: Partial<KernelCase> = {}): KernelCase[] => [
  { what: 'a matrix', inputs: [MATRIX], f, ...more },
  { what: 'rank 3', inputs: [CUBE], f, ...more },
  { what: 'a scalar', inputs: [floats()], f, ...more },
];

const unaryIntegers = (f: Unary): KernelCase => ({ what: 'int32', inputs: [ints(N, 3)], f, gradient: [] });

const bool = (x: tf.Tensor): tf.Tensor => tf.cast(x, 'bool');

const comparison = (f: Binary): KernelCase[] => [
  // Whole numbers, so that there are equal ones.
  { what: 'float32', inputs: [MATRIX, floats(4)], f, gradient: [], values: ({ data }) => Array.from(data, Math.round) },
  { what: 'int32', inputs: [ints(N, 1), ints(1, 5)], f, gradient: [] },
  { what: 'bool', inputs: [ints(N, 4), ints(4)], f: (a, b) => f(bool(a), bool(b)), gradient: [] },
  {
    what: 'as a mask',
    inputs: [VECTOR, VECTOR],
    f: (a, b) => tf.mul(a, tf.cast(f(b, 0.25), 'float32')),
    gradient: [0],
  },
];

const logical = (f: Binary): KernelCase[] => [
  { what: 'bool', inputs: [ints(N, 4), ints(N, 4)], f: (a, b) => f(bool(a), bool(b)), gradient: [] },
  { what: 'broadcast', inputs: [ints(N, 1), ints(4)], f: (a, b) => f(bool(a), bool(b)), gradient: [] },
];

/** Division and powers: the second operand, or the first, away from zero. */
const denominator: Partial<KernelCase> = { values: (x, i) => (i === 1 ? nonzero(x) : x.data), tolerance: 1e-5 };
const base: Partial<KernelCase> = { values: (x, i) => (i === 0 ? positive(x) : x.data), tolerance: 1e-5 };

export const elementwiseCases: KernelCases = {
  Add: [
    ...broadcasting(tf.add),
    integers(tf.add),
    { what: 'int32 + float32', inputs: [ints(N), VECTOR], f: tf.add, gradient: [1] },
  ],
  Sub: [...broadcasting(tf.sub), integers(tf.sub)],
  Multiply: [...broadcasting(tf.mul), integers(tf.mul)],
  RealDiv: [
    ...broadcasting(tf.div, denominator),
    { what: 'by zero', inputs: [VECTOR], f: (x) => tf.div(x, 0), gradient: [] },
  ],
  Pow: [
    ...broadcasting(tf.pow, base),
    { what: 'a negative base', inputs: [MATRIX], f: (x) => tf.pow(x, tf.scalar(3)) },
    { ...integers(tf.pow), values: ({ data }, i) => (i === 1 ? Array.from(data, Math.abs) : data) },
  ],
  Maximum: [
    // TensorFlow.js does not sum this gradient over broadcast axes.
    { what: 'equal shapes', inputs: [MATRIX, MATRIX], f: tf.maximum },
    { what: 'a constant', inputs: [CUBE], f: (x) => tf.maximum(x, 0.1) },
    { what: 'broadcast', inputs: [floats(N, 1), floats(4)], f: tf.maximum, gradient: [] },
    integers(tf.maximum),
  ],
  Minimum: [
    { what: 'equal shapes', inputs: [MATRIX, MATRIX], f: tf.minimum },
    { what: 'a constant', inputs: [CUBE], f: (x) => tf.minimum(x, 0.1) },
    { what: 'broadcast', inputs: [floats(N, 1), floats(4)], f: tf.minimum, gradient: [] },
    integers(tf.minimum),
  ],
  SquaredDifference: [
    { what: 'equal shapes', inputs: [MATRIX, MATRIX], f: tf.squaredDifference },
    { what: 'broadcast', inputs: [floats(N, 1), floats(4)], f: tf.squaredDifference, gradient: [] },
    integers(tf.squaredDifference),
  ],

  Equal: comparison(tf.equal),
  NotEqual: comparison(tf.notEqual),
  Greater: comparison(tf.greater),
  GreaterEqual: comparison(tf.greaterEqual),
  Less: comparison(tf.less),
  LessEqual: comparison(tf.lessEqual),
  LogicalAnd: logical(tf.logicalAnd),
  LogicalOr: logical(tf.logicalOr),
  LogicalNot: [{ what: 'bool', inputs: [ints(N, 4)], f: (x) => tf.logicalNot(bool(x)), gradient: [] }],

  Abs: [...unary(tf.abs), unaryIntegers(tf.abs)],
  Cos: unary(tf.cos),
  // TensorFlow.js's erf is a polynomial, good to 1.5e-7 times e^(-x²); ONNX Runtime's is better.
  Erf: [...unary(tf.erf, { tolerance: 1e-6 }), unaryIntegers(tf.erf)],
  Exp: [
    ...unary(tf.exp),
    unaryIntegers(tf.exp),
    { what: 'bool', inputs: [ints(N)], f: (x) => tf.exp(bool(x)), gradient: [] },
  ],
  Log: [
    ...unary(tf.log, { values: positive, tolerance: 1e-5 }),
    { what: 'zero and below', inputs: [MATRIX], f: (x) => tf.log(tf.minimum(x, 0)), gradient: [] },
  ],
  Neg: [...unary(tf.neg), unaryIntegers(tf.neg)],
  Reciprocal: unary(tf.reciprocal, { values: nonzero, tolerance: 1e-5 }),
  Relu: [...unary(tf.relu), unaryIntegers(tf.relu)],
  Rsqrt: unary(tf.rsqrt, { values: positive, tolerance: 1e-5 }),
  Sigmoid: unary(tf.sigmoid),
  Sin: unary(tf.sin),
  Softplus: unary(tf.softplus),
  Sqrt: unary(tf.sqrt, { values: positive, tolerance: 1e-5 }),
  Square: [...unary(tf.square), unaryIntegers(tf.square)],
  Tanh: unary(tf.tanh),
  Step: [
    ...unary((x) => tf.step(x)),
    { what: 'a slope', inputs: [MATRIX], f: (x) => tf.step(x, 0.25) },
    unaryIntegers((x) => tf.step(x)),
  ],
  ClipByValue: [...unary((x) => tf.clipByValue(x, -0.5, 0.75)), unaryIntegers((x) => tf.clipByValue(x, -1, 2))],
  Select: [
    { what: 'values', inputs: [ints(N, 4), MATRIX, MATRIX], f: (c, a, b) => tf.where(bool(c), a, b), gradient: [1, 2] },
    { what: 'int32', inputs: [ints(N), ints(N), ints(N)], f: (c, a, b) => tf.where(bool(c), a, b), gradient: [] },
    {
      what: 'bool',
      inputs: [ints(N), ints(N), ints(N)],
      f: (c, a, b) => tf.where(bool(c), bool(a), bool(b)),
      gradient: [],
    },
    {
      what: 'broadcast by known sizes',
      inputs: [ints(2, N, 1), floats(N, 3), floats(2, N, 3)],
      f: (c, a, b) => tf.where(bool(c), a, b),
      gradient: [1, 2],
    },
    {
      what: 'broadcast by a symbol',
      inputs: [ints(N, 1), floats(4), floats(N, 4)],
      f: (c, a, b) => tf.where(bool(c), a, b),
      gradient: [2],
    },
  ],
};
