/** Kernels that move, repeat or make elements without computing on them. */
import { sizeOf } from '../../host.ts';
import { tf } from '../../tf.ts';
import { traceDtype } from '../backend.ts';
import type { Dtype, Value } from '../graph.ts';
import type { Recorder } from '../recorder.ts';
import { cast, input, kernel, scalar, sizes } from './register.ts';

kernel('Identity', (call) => input(call, 'x'));

kernel<{ shape: number[] }>('Reshape', (call) => {
  const x = input(call, 'x');
  const shape = tf.util.inferFromImplicitShape(call.attributes.shape, sizeOf(x.shape));
  return call.recorder.node('Reshape', [x, sizes(shape)], shape, x.dtype);
});

kernel<{ dim: number }>('ExpandDims', (call) => {
  const x = input(call, 'input');
  const axis = call.attributes.dim < 0 ? x.shape.length + 1 + call.attributes.dim : call.attributes.dim;
  const shape = [...x.shape.slice(0, axis), 1, ...x.shape.slice(axis)];
  return call.recorder.node('Reshape', [x, sizes(shape)], shape, x.dtype);
});

kernel<{ dtype: tf.DataType }>('Cast', (call) => {
  return cast(call.recorder, input(call, 'x'), traceDtype(call.attributes.dtype));
});

kernel<{ perm: number[] }>('Transpose', (call) => {
  const x = input(call, 'x');
  const { perm } = call.attributes;
  return call.recorder.node(
    'Transpose',
    [x],
    perm.map((axis) => x.shape[axis]!),
    x.dtype,
    { perm: [...perm] },
  );
});

kernel<{ begin: number | number[]; size: number | number[] }>('Slice', (call) => {
  const x = input(call, 'x');
  const handle = { shape: [...x.shape] } as unknown as tf.TensorInfo;
  const params = tf.slice_util.parseSliceParams(handle, call.attributes.begin, call.attributes.size);
  const [begin, size] = params as [number[], number[]];
  const ends = begin.map((start, axis) => start + size[axis]!);
  return call.recorder.node('Slice', [x, sizes(begin), sizes(ends)], size, x.dtype);
});

kernel<{ paddings: [number, number][]; constantValue: number }>('PadV2', (call) => {
  const x = input(call, 'x');
  const { paddings, constantValue } = call.attributes;
  const shape = x.shape.map((size, axis) => size + paddings[axis]![0] + paddings[axis]![1]);
  const pads = sizes([...paddings.map(([before]) => before), ...paddings.map(([, after]) => after)]);
  return call.recorder.node('Pad', [x, pads, scalar(call.recorder, constantValue, x.dtype)], shape, x.dtype);
});

kernel<{ reps: number[] }>('Tile', (call) => {
  const x = input(call, 'x');
  const shape = x.shape.map((size, axis) => size * call.attributes.reps[axis]!);
  return call.recorder.node('Tile', [x, sizes(call.attributes.reps)], shape, x.dtype);
});

kernel<{ axis: number }>('Concat', (call) => {
  const parts = Object.values(call.inputs);
  const axis = tf.util.parseAxisParam(call.attributes.axis, [...parts[0]!.shape])[0]!;
  const shape = [...parts[0]!.shape];
  shape[axis] = parts.reduce((sum, part) => sum + part.shape[axis]!, 0);
  return parts.length === 1 ? parts[0]! : call.recorder.node('Concat', parts, shape, parts[0]!.dtype, { axis });
});

kernel<{ numOrSizeSplits: number | number[]; axis: number }>('SplitV', (call) => {
  const x = input(call, 'x');
  const axis = tf.util.parseAxisParam(call.attributes.axis, [...x.shape])[0]!;
  const handle = { shape: [...x.shape] } as unknown as tf.Tensor;
  return split(call.recorder, x, tf.backend_util.prepareSplitSize(handle, call.attributes.numOrSizeSplits, axis), axis);
});

kernel<{ axis: number }>('Pack', (call) => {
  const parts = Object.values(call.inputs);
  const rank = parts[0]!.shape.length + 1;
  const axis = (call.attributes.axis + rank) % rank;
  const expanded = parts.map((part) => {
    const shape = [...part.shape.slice(0, axis), 1, ...part.shape.slice(axis)];
    return call.recorder.node('Reshape', [part, sizes(shape)], shape, part.dtype);
  });
  const shape = [...parts[0]!.shape.slice(0, axis), parts.length, ...parts[0]!.shape.slice(axis)];
  return call.recorder.node('Concat', expanded, shape, parts[0]!.dtype, { axis });
});

kernel<{ axis: number }>('Unpack', (call) => {
  const x = input(call, 'value');
  const axis = tf.util.parseAxisParam(call.attributes.axis, [...x.shape])[0]!;
  const shape = x.shape.filter((_, i) => i !== axis);
  const parts = split(call.recorder, x, Array<number>(x.shape[axis]!).fill(1), axis);
  return parts.map((part) => call.recorder.node('Reshape', [part, sizes(shape)], shape, x.dtype));
});

function split(recorder: Recorder, x: Value, parts: readonly number[], axis: number): Value[] {
  const shapes = parts.map((size) => x.shape.map((s, i) => (i === axis ? size : s)));
  const outputs = shapes.map((shape) => recorder.value(shape, x.dtype));
  recorder.push({ op: 'Split', operands: [x, sizes(parts)], outputs, attributes: { axis } });
  return outputs;
}

function filled(call: { recorder: Recorder }, shape: readonly number[], value: number, dtype: Dtype): Value {
  return call.recorder.node('ConstantOfShape', [sizes(shape)], shape, dtype, { value, dtype });
}

kernel('ZerosLike', (call) => filled(call, input(call, 'x').shape, 0, input(call, 'x').dtype));

kernel('OnesLike', (call) => filled(call, input(call, 'x').shape, 1, input(call, 'x').dtype));

kernel<{ shape: number[]; value: number; dtype?: tf.DataType }>('Fill', (call) =>
  filled(call, call.attributes.shape, call.attributes.value, traceDtype(call.attributes.dtype ?? 'float32')),
);
