import { sizeOf } from '../host.ts';
import { tf } from '../tf.ts';
import { currentTrace } from '../trace/backend.ts';
import { runKernel } from './run-kernel.ts';

/**
 * A window of `pool` in the given shape: a dropout mask. It begins at `offsets[site]` mod (P - size + 1), so that it ends
 * inside the pool whatever its size.
 *
 * pool float32 [P], offsets int32 [sites], not negative. No gradient flows to either.
 *
 * @throws RangeError when the window is larger than the pool; where its size is known only at run time, ONNX Runtime
 *   refuses it there.
 */
export function maskWindow(pool: tf.Tensor1D, offsets: tf.Tensor1D, site: number, shape: readonly number[]): tf.Tensor {
  const size = sizeOf(shape);
  if (size > pool.size) {
    throw new RangeError(`A mask [${shape.join(', ')}] of ${size} values does not fit in a pool of ${pool.size}.`);
  }
  if (currentTrace()) return runKernel('MaskWindow', { pool, offsets }, { site, shape: [...shape] });
  const start = offsets.dataSync()[site]! % (pool.size - size + 1);
  return tf.reshape(tf.slice(pool, [start], [size]), [...shape]);
}
