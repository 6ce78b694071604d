/** Cases of the kernels that move, repeat or make elements. */
import { tf } from '../../tf.ts';
import { N, S } from '../both.ts';
import { CUBE, floats, HYPERCUBE, ints, MATRIX, VECTOR, type KernelCases } from './kernel-case.ts';

const bool = (x: tf.Tensor): tf.Tensor => tf.cast(x, 'bool');

export const shapeCases: KernelCases = {
  Identity: [
    { what: 'a clone', inputs: [MATRIX], f: (x) => tf.mul(tf.clone(x), x) },
    { what: 'a clone as the result', inputs: [MATRIX], f: (x) => tf.clone(x) },
  ],
  Reshape: [
    { what: 'flat', inputs: [CUBE], f: (x) => tf.reshape(x, [-1]) },
    { what: 'with a known symbolic size', inputs: [CUBE], f: (x) => tf.reshape(x, [x.shape[1]! * 2, 3]) },
    { what: 'two symbolic sizes', inputs: [floats(N, 2, S)], f: (x) => tf.reshape(x, [x.shape[0]!, x.shape[2]!, 2]) },
    { what: 'to a scalar', inputs: [floats(1, 1)], f: (x) => tf.reshape(x, []) },
    { what: 'int32', inputs: [ints(N, 4)], f: (x) => tf.reshape(x, [2, -1]), gradient: [] },
  ],
  ExpandDims: [
    { what: 'in front', inputs: [MATRIX], f: (x) => tf.expandDims(x) },
    { what: 'in the middle', inputs: [floats(N, S)], f: (x) => tf.expandDims(x, 1) },
    { what: 'negative', inputs: [CUBE], f: (x) => tf.expandDims(x, -1) },
    { what: 'negative, further', inputs: [CUBE], f: (x) => tf.expandDims(x, -3) },
  ],
  Cast: [
    { what: 'float32 to int32', inputs: [MATRIX], f: (x) => tf.cast(tf.mul(x, 3), 'int32'), gradient: [] },
    { what: 'int32 to float32', inputs: [ints(N)], f: (x) => tf.cast(x, 'float32'), gradient: [] },
    { what: 'to bool and back', inputs: [ints(N)], f: (x) => tf.cast(bool(x), 'int32'), gradient: [] },
    { what: 'float32 to bool', inputs: [MATRIX], f: (x) => bool(tf.relu(x)), gradient: [] },
    { what: 'to its own type', inputs: [MATRIX], f: (x) => tf.mul(tf.cast(x, 'float32'), 2) },
  ],
  Transpose: [
    { what: 'a matrix', inputs: [MATRIX], f: (x) => tf.transpose(x) },
    { what: 'rank 3', inputs: [CUBE], f: (x) => tf.transpose(x, [1, 2, 0]) },
    { what: 'rank 4', inputs: [HYPERCUBE], f: (x) => tf.transpose(x, [0, 2, 1, 3]) },
    { what: 'int32', inputs: [ints(N, 2)], f: (x) => tf.transpose(x), gradient: [] },
    { what: 'bool', inputs: [ints(N, 2)], f: (x) => tf.transpose(bool(x)), gradient: [] },
  ],
  Slice: [
    { what: 'of a known axis', inputs: [CUBE], f: (x) => tf.slice(x, [0, 0, 1], [2, -1, 2]) },
    {
      what: 'to the end of a symbolic axis',
      inputs: [floats({ symbol: 'N', times: 3 }), VECTOR],
      f: (x) => tf.slice(x, [2], [-1]),
      gradient: [0],
    },
    {
      what: 'a symbolic size',
      inputs: [floats({ symbol: 'N', times: 3 }), VECTOR],
      f: (x, n) => tf.slice(x, [1], n.shape as [number]),
      gradient: [0],
    },
    { what: 'one begin', inputs: [floats(4, N)], f: (x) => tf.slice(x, 1, 2) },
    { what: 'int32', inputs: [ints(5, N)], f: (x) => tf.slice(x, [1, 0], [3, -1]), gradient: [] },
    { what: 'bool', inputs: [ints(5, N)], f: (x) => tf.slice(bool(x), [1, 0], [3, -1]), gradient: [] },
  ],
  PadV2: [
    { what: 'zeros', inputs: [VECTOR], f: (x) => tf.pad(x, [[1, 2]]) },
    {
      what: 'a value',
      inputs: [MATRIX],
      f: (x) =>
        tf.pad(
          x,
          [
            [0, 1],
            [2, 0],
          ],
          -1.5,
        ),
    },
    {
      what: 'rank 4',
      inputs: [HYPERCUBE],
      f: (x) =>
        tf.pad(
          x,
          [
            [0, 0],
            [1, 0],
            [0, 1],
            [2, 2],
          ],
          3,
        ),
    },
    {
      what: 'int32',
      inputs: [ints(N, 2)],
      f: (x) =>
        tf.pad(
          x,
          [
            [1, 1],
            [0, 0],
          ],
          7,
        ),
      gradient: [],
    },
    {
      what: 'by a symbol',
      inputs: [MATRIX],
      f: (x) =>
        tf.pad(x, [
          [0, x.shape[0]!],
          [0, 0],
        ]),
    },
  ],
  Tile: [
    { what: 'a vector', inputs: [VECTOR], f: (x) => tf.tile(x, [3]) },
    { what: 'rank 3', inputs: [CUBE], f: (x) => tf.tile(x, [1, 2, 2]) },
    { what: 'by a symbol', inputs: [floats(1, 3), VECTOR], f: (x, n) => tf.tile(x, [n.shape[0]!, 1]), gradient: [] },
    { what: 'int32', inputs: [ints(N)], f: (x) => tf.tile(x, [2]), gradient: [] },
  ],
  Concat: [
    { what: 'rows', inputs: [MATRIX, floats(1, 4), MATRIX], f: (a, b, c) => tf.concat([a, b, c], 0) },
    { what: 'a negative axis', inputs: [CUBE, floats(2, N, 1)], f: (a, b) => tf.concat([a, b], -1) },
    {
      what: 'more than ten',
      inputs: [MATRIX],
      f: (x) => tf.concat(Array.from({ length: 12 }, (_, i) => tf.mul(x, i))),
    },
    { what: 'int32', inputs: [ints(N), ints(2)], f: (a, b) => tf.concat([a, b]), gradient: [] },
    { what: 'bool', inputs: [ints(N), ints(2)], f: (a, b) => tf.concat([bool(a), bool(b)]), gradient: [] },
  ],
  SplitV: [
    { what: 'even', inputs: [MATRIX], f: (x) => tf.split(x, 2, 1) },
    { what: 'uneven', inputs: [floats(N, 6)], f: (x) => tf.split(x, [1, 2, 3], -1) },
    { what: 'one size open', inputs: [floats(2, 6, N)], f: (x) => tf.split(x, [4, -1], 1) },
    {
      what: 'the symbolic axis',
      inputs: [floats({ symbol: 'N', times: 2 }, 3), VECTOR],
      f: (x) => tf.split(x, 2),
      gradient: [0],
    },
    { what: 'a part unused', inputs: [floats(N, 6)], f: (x) => tf.split(x, 3, 1)[1]! },
    { what: 'int32', inputs: [ints(N, 4)], f: (x) => tf.split(x, 4, 1), gradient: [] },
  ],
  Pack: [
    { what: 'in front', inputs: [MATRIX, MATRIX], f: (a, b) => tf.stack([a, b]) },
    { what: 'a negative axis', inputs: [MATRIX, MATRIX], f: (a, b) => tf.stack([a, b], -1) },
    { what: 'scalars', inputs: [floats(), floats()], f: (a, b) => tf.stack([a, b]) },
    { what: 'int32', inputs: [ints(N), ints(N)], f: (a, b) => tf.stack([a, b], 1), gradient: [] },
  ],
  Unpack: [
    { what: 'in front', inputs: [floats(3, N)], f: (x) => tf.unstack(x) },
    { what: 'a negative axis', inputs: [floats(N, 2)], f: (x) => tf.unstack(x, -1) },
    // TensorFlow.js's gradient fails where the axis has one element.
    { what: 'an axis of one', inputs: [floats(N, 1)], f: (x) => tf.unstack(x, 1), gradient: [] },
    { what: 'int32', inputs: [ints(N, 2)], f: (x) => tf.unstack(x, 1), gradient: [] },
  ],
  ZerosLike: [
    { what: 'float32', inputs: [MATRIX], f: (x) => tf.mul(tf.add(tf.zerosLike(x), 1), x) },
    { what: 'int32', inputs: [ints(N, 2)], f: (x) => tf.zerosLike(x), gradient: [] },
    { what: 'bool', inputs: [ints(N, 2)], f: (x) => tf.zerosLike(bool(x)), gradient: [] },
  ],
  OnesLike: [
    { what: 'float32', inputs: [MATRIX], f: (x) => tf.sub(x, tf.onesLike(x)) },
    { what: 'int32', inputs: [ints(N, 2)], f: (x) => tf.onesLike(x), gradient: [] },
    { what: 'bool', inputs: [ints(N, 2)], f: (x) => tf.onesLike(bool(x)), gradient: [] },
  ],
  Fill: [
    { what: 'a symbolic size', inputs: [MATRIX], f: (x) => tf.add(tf.fill(x.shape, 2.5), x) },
    { what: 'int32', inputs: [ints(N)], f: (x) => tf.fill([2, x.shape[0]!], 3, 'int32'), gradient: [] },
    {
      what: 'infinities and NaN of one shape',
      inputs: [ints(N)],
      f: (x) => [Infinity, -Infinity, NaN].map((value) => tf.fill(x.shape, value)),
      gradient: [],
    },
  ],
};
