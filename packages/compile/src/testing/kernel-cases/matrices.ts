/** Cases of matrix products, gathers, segment sums, and the kernels that only the tracing backend has. */
import { layerNorm } from '../../ops/layer-norm.ts';
import { maskWindow } from '../../ops/mask-window.ts';
import type { TensorSpec } from '../../symbolic/dimension.ts';
import { tf } from '../../tf.ts';
import type { HostTensor } from '../../host.ts';
import { N } from '../both.ts';
import { floats, ints, MATRIX, VECTOR, type KernelCase, type KernelCases } from './kernel-case.ts';

type Shape = TensorSpec['shape'];

/** a [..., n, k] x b [..., k, m], with every combination of transposed operands. */
function products(what: string, batch: Shape, n: Shape[number], k: Shape[number], m: Shape[number]): KernelCase[] {
  return [false, true].flatMap((transposeA) =>
    [false, true].map((transposeB) => ({
      what: `${what}${transposeA ? ', a transposed' : ''}${transposeB ? ', b transposed' : ''}`,
      inputs: [
        floats(...batch, ...(transposeA ? [k, n] : [n, k])),
        floats(...batch, ...(transposeB ? [m, k] : [k, m])),
      ],
      f: (a: tf.Tensor, b: tf.Tensor) => tf.matMul(a, b, transposeA, transposeB),
    })),
  );
}

/** Makes the int32 inputs indices below the limit. */
const below =
  (limit: number) =>
  (random: HostTensor): ArrayLike<number> =>
    random.dtype === 'int32' ? Int32Array.from(random.data, (x) => (x + 3) % limit) : random.data;

export const matrixCases: KernelCases = {
  BatchMatMul: [
    ...products('rank 2', [], N, 3, 4),
    ...products('rank 2, summing the symbol', [], 3, N, 4),
    ...products('rank 3', [2], N, 3, 4),
    ...products('rank 3, a symbolic batch', [N], 2, 3, 4),
    ...products('rank 4', [2, 3], N, 4, N),
    { what: 'a batch of one', inputs: [floats(1, N, 3), floats(2, 3, 4)], f: (a, b) => tf.matMul(a, b), gradient: [] },
    { what: 'rank 3 by rank 2', inputs: [floats(N, 2, 3), floats(3, 4)], f: (a, b) => tf.matMul(a, b), gradient: [] },
    { what: 'int32', inputs: [ints(N, 3), ints(4, 3)], f: (a, b) => tf.matMul(a, b, false, true), gradient: [] },
    { what: 'int32, rank 3', inputs: [ints(2, N, 3), ints(2, 3, 4)], f: (a, b) => tf.matMul(a, b), gradient: [] },
  ],
  GatherV2: [
    { what: 'rows', inputs: [floats(5, 3), ints(N)], f: (x, i) => tf.gather(x, i as tf.Tensor1D), values: below(5) },
    {
      what: 'rows of a symbolic table',
      inputs: [MATRIX, ints(6)],
      f: (x, i) => tf.gather(x, i as tf.Tensor1D),
      values: below(1),
    },
    {
      what: 'axis 1',
      inputs: [floats(N, 5, 2), ints(3)],
      f: (x, i) => tf.gather(x, i as tf.Tensor1D, 1),
      values: below(5),
    },
    {
      what: 'axis -1',
      inputs: [floats(2, N, 5), ints(N)],
      f: (x, i) => tf.gather(x, i as tf.Tensor1D, -1),
      values: below(5),
    },
    { what: 'indices of rank 2', inputs: [floats(5, 3), ints(N, 2)], f: (x, i) => tf.gather(x, i), values: below(5) },
    { what: 'one index', inputs: [floats(5, N), ints()], f: (x, i) => tf.gather(x, i), values: below(5) },
    {
      what: 'int32',
      inputs: [ints(5, 3), ints(N)],
      f: (x, i) => tf.gather(x, i as tf.Tensor1D),
      values: below(5),
      gradient: [],
    },
  ],
  UnsortedSegmentSum: [
    {
      what: 'rows',
      inputs: [MATRIX, ints(N)],
      f: (x, i) => tf.unsortedSegmentSum(x, i as tf.Tensor1D, 3),
      values: below(3),
    },
    {
      what: 'rank 3',
      inputs: [floats(N, 2, 3), ints(N)],
      f: (x, i) => tf.unsortedSegmentSum(x, i as tf.Tensor1D, 4),
      values: below(3),
    },
    {
      what: 'as many segments as a symbol',
      inputs: [floats(6, 2), ints(6), VECTOR],
      f: (x, i, size) => tf.unsortedSegmentSum(x, i as tf.Tensor1D, size.shape[0]!),
      gradient: [0],
      values: below(1),
    },
    {
      what: 'int32',
      inputs: [ints(N), ints(N)],
      f: (x, i) => tf.unsortedSegmentSum(x, tf.abs(i) as tf.Tensor1D, 4),
      gradient: [],
    },
  ],
  OneHot: [
    { what: 'int32', inputs: [ints(N)], f: (i) => tf.oneHot(i, 3), gradient: [] },
    { what: 'float32, own values', inputs: [ints(N)], f: (i) => tf.oneHot(i, 3, 0.5, -2, 'float32'), gradient: [] },
    { what: 'bool', inputs: [ints(N)], f: (i) => tf.oneHot(i, 3, 1, 0, 'bool'), gradient: [] },
    { what: 'rank 2', inputs: [ints(2, N)], f: (i) => tf.oneHot(i, 4), gradient: [] },
    {
      what: 'as a mask',
      inputs: [floats(N, 4), ints(N)],
      f: (x, i) => tf.sum(tf.mul(x, tf.oneHot(i, 4, 1, 0, 'float32')), -1),
      gradient: [0],
    },
  ],
  LayerNormalization: [
    {
      what: 'rows',
      inputs: [floats(N, 6), floats(6), floats(6)],
      f: (x, gamma, beta) => layerNorm(x as tf.Tensor2D, gamma as tf.Tensor1D, beta as tf.Tensor1D, 1e-5),
      tolerance: 1e-5,
    },
  ],
  MaskWindow: [
    {
      what: 'a window',
      inputs: [floats(N, 3), ints(2)],
      f: (x, offsets) => {
        const pool = tf.tensor1d(Float32Array.from({ length: 1024 }, (_, i) => i % 7));
        return tf.mul(x, maskWindow(pool, tf.abs(offsets) as tf.Tensor1D, 1, x.shape));
      },
    },
  ],
};
