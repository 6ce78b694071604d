/** Kernels that reduce axes. */
import { tf } from '../../tf.ts';
import { cast, input, kernel, sizes } from './register.ts';

interface Reduction {
  readonly axis?: number | number[];
  readonly reductionIndices?: number | number[];
  readonly keepDims?: boolean;
}

for (const [name, op] of Object.entries({ Sum: 'ReduceSum', Mean: 'ReduceMean', Max: 'ReduceMax', Min: 'ReduceMin' })) {
  kernel<Reduction>(name, (call) => {
    // The mean of whole numbers is not whole.
    const x = name === 'Mean' ? cast(call.recorder, input(call, 'x'), 'float32') : input(call, 'x');
    const { axis, reductionIndices, keepDims } = call.attributes;
    const axes = axesOf(axis ?? reductionIndices, x.shape);
    if (axes.length === 0) return x;
    const [reduced] = tf.backend_util.computeOutAndReduceShapes([...x.shape], axes);
    const shape = keepDims ? tf.backend_util.expandShapeToKeepDim(reduced, axes) : reduced;
    return call.recorder.node(op, [x, sizes(axes)], shape, x.dtype, { keepdims: keepDims ? 1 : 0 });
  });
}

kernel<{ dim: number }>('Softmax', (call) => {
  const x = input(call, 'logits');
  return call.recorder.node('Softmax', [x], x.shape, x.dtype, { axis: call.attributes.dim });
});

kernel<{ axis: number; exclusive: boolean; reverse: boolean }>('Cumsum', (call) => {
  const x = input(call, 'x');
  const { axis, exclusive, reverse } = call.attributes;
  const along = call.recorder.constant(Int32Array.of(tf.util.parseAxisParam(axis, [...x.shape])[0]!), [], 'int32');
  return call.recorder.node('CumSum', [x, along], x.shape, x.dtype, {
    exclusive: exclusive ? 1 : 0,
    reverse: reverse ? 1 : 0,
  });
});

/** No axis given means all of them. */
function axesOf(axis: number | number[] | null | undefined, shape: readonly number[]): number[] {
  return axis == null ? shape.map((_, i) => i) : tf.util.parseAxisParam(axis, [...shape]);
}
