/** Matrix products, gathers, and the kernels that only this backend has. */
import { CompileError } from '../../errors.ts';
import { sizeOf } from '../../host.ts';
import { tf } from '../../tf.ts';
import { traceDtype } from '../backend.ts';
import type { Value } from '../graph.ts';
import type { Recorder } from '../recorder.ts';
import { cast, choose, input, kernel, scalar, sizes } from './register.ts';

kernel<{ transposeA: boolean; transposeB: boolean }>('BatchMatMul', (call) => {
  const [a, b] = [input(call, 'a'), input(call, 'b')];
  const { transposeA, transposeB } = call.attributes;
  const rows = a.shape.at(transposeA ? -1 : -2)!;
  const columns = b.shape.at(transposeB ? -2 : -1)!;
  // ONNX Runtime's Gemm is of floats only; its MatMul takes int32 too.
  if (a.shape.length === 2 && b.shape.length === 2 && a.dtype === 'float32') {
    const attributes = { transA: transposeA ? 1 : 0, transB: transposeB ? 1 : 0 };
    return call.recorder.node('Gemm', [a, b], [rows, columns], a.dtype, attributes);
  }
  const batch = tf.backend_util.assertAndGetBroadcastShape([...a.shape.slice(0, -2)], [...b.shape.slice(0, -2)]);
  const left = transposeA ? lastTwoSwapped(call.recorder, a) : a;
  const right = transposeB ? lastTwoSwapped(call.recorder, b) : b;
  return call.recorder.node('MatMul', [left, right], [...batch, rows, columns], a.dtype);
});

kernel<{ axis: number; batchDims: number }>('GatherV2', (call) => {
  const [x, indices] = [input(call, 'x'), input(call, 'indices')];
  if (call.attributes.batchDims) {
    throw new CompileError(
      `tf.gather with batchDims = ${call.attributes.batchDims} cannot be compiled: gather without batch axes.`,
    );
  }
  const axis = tf.util.parseAxisParam(call.attributes.axis, [...x.shape])[0]!;
  const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
  return call.recorder.node('Gather', [x, indices], shape, x.dtype, { axis });
});

kernel<{ numSegments: number }>('UnsortedSegmentSum', (call) => {
  // A float32 as in TensorFlow.js, which multiplies by a mask.
  const [x, ids] = [cast(call.recorder, input(call, 'x'), 'float32'), input(call, 'segmentIds')];
  const shape = [call.attributes.numSegments, ...x.shape.slice(1)];
  const zeros = call.recorder.node('ConstantOfShape', [sizes(shape)], shape, x.dtype, { value: 0, dtype: x.dtype });
  const column = [sizeOf(ids.shape), ...x.shape.slice(1).map(() => 1)];
  const rows = call.recorder.node('Reshape', [ids, sizes(column)], column, ids.dtype);
  const indices = call.recorder.node('Expand', [rows, sizes(x.shape)], x.shape, ids.dtype);
  // Not ScatterND, which needs no index per element: ONNX Runtime's adds with several threads at once, and where they
  // meet in a row one of them is lost.
  return call.recorder.node('ScatterElements', [zeros, indices, x], shape, x.dtype, { axis: 0, reduction: 'add' });
});

kernel<{ depth: number; onValue: number; offValue: number; dtype: tf.DataType }>('OneHot', (call) => {
  const indices = input(call, 'indices');
  const { depth, onValue, offValue } = call.attributes;
  const range = call.recorder.constant(
    Int32Array.from({ length: depth }, (_, i) => i),
    [depth],
    'int32',
  );
  const shape = [...indices.shape, depth];
  const column = call.recorder.node('Reshape', [indices, sizes([...indices.shape, 1])], [...indices.shape, 1], 'int32');
  const same = call.recorder.node('Equal', [column, range], shape, 'bool');
  const dtype = traceDtype(call.attributes.dtype);
  const [on, off] = [scalar(call.recorder, onValue, dtype), scalar(call.recorder, offValue, dtype)];
  return choose(call.recorder, same, on, off, shape);
});

kernel<{ epsilon: number }>('LayerNormalization', (call) => {
  const [x, gamma, beta] = [input(call, 'x'), input(call, 'gamma'), input(call, 'beta')];
  const statistics = [...x.shape.slice(0, -1), 1];
  const outputs = [
    call.recorder.value(x.shape, x.dtype),
    call.recorder.value(statistics, x.dtype),
    call.recorder.value(statistics, x.dtype),
  ];
  const attributes = { axis: -1, epsilon: call.attributes.epsilon };
  call.recorder.push({ op: 'LayerNormalization', operands: [x, gamma, beta], outputs, attributes });
  return outputs;
});

kernel<{ site: number; shape: number[] }>('MaskWindow', (call) => {
  const { site, shape } = call.attributes;
  return call.recorder.node(
    'MaskWindow',
    [input(call, 'pool'), input(call, 'offsets'), sizes(shape)],
    shape,
    'float32',
    { site },
  );
});

function lastTwoSwapped(recorder: Recorder, x: Value): Value {
  const perm = x.shape.map((_, axis) => axis);
  const last = perm.length - 1;
  [perm[last - 1], perm[last]] = [perm[last]!, perm[last - 1]!];
  return recorder.node(
    'Transpose',
    [x],
    perm.map((axis) => x.shape[axis]!),
    x.dtype,
    { perm },
  );
}
