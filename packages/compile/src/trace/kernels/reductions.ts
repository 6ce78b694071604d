/** Kernels that reduce axes. */
import { tf } from '../../tf.ts';
import { input, kernel, sizes } from './register.ts';

interface Reduction {
  readonly axis?: number | number[];
  readonly reductionIndices?: number | number[];
  readonly keepDims?: boolean;
}

for (const [name, op] of Object.entries({ Sum: 'ReduceSum', Mean: 'ReduceMean', Max: 'ReduceMax', Min: 'ReduceMin' })) {
  kernel<Reduction>(name, (call) => {
    const x = input(call, 'x');
    const { axis, reductionIndices, keepDims } = call.attributes;
    const axes = axesOf(axis ?? reductionIndices, x.shape);
    if (axes.length === 0) return x;
    const [reduced] = tf.backend_util.computeOutAndReduceShapes([...x.shape], axes);
    const shape = keepDims ? tf.backend_util.expandShapeToKeepDim(reduced, axes) : reduced;
    return call.recorder.node(op, [x, sizes(axes)], shape, x.dtype, { keepdims: keepDims ? 1 : 0 });
  });
}

for (const [name, op] of Object.entries({ Softmax: 'Softmax', LogSoftmax: 'LogSoftmax' })) {
  kernel<{ dim?: number; axis?: number }>(name, (call) => {
    const x = input(call, 'logits');
    return call.recorder.node(op, [x], x.shape, x.dtype, { axis: call.attributes.dim ?? call.attributes.axis ?? -1 });
  });
}

/** No axis given means all of them. */
function axesOf(axis: number | number[] | null | undefined, shape: readonly number[]): number[] {
  return axis == null ? shape.map((_, i) => i) : tf.util.parseAxisParam(axis, [...shape]);
}
