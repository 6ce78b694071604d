import { sizeOf } from '../host.ts';
import { tf } from '../tf.ts';
import { currentTrace } from '../trace/backend.ts';
import { runKernel } from './run-kernel.ts';

/**
 * The window of `pool` that begins at `offsets[site]`, in the given shape: a dropout mask.
 *
 * pool float32 [P], offsets int32 [sites]; the window must end inside the pool. No gradient flows to either.
 */
export function maskWindow(pool: tf.Tensor1D, offsets: tf.Tensor1D, site: number, shape: readonly number[]): tf.Tensor {
  const size = sizeOf(shape);
  if (size > pool.size) {
    throw new RangeError(`A mask [${shape.join(', ')}] of ${size} values does not fit in a pool of ${pool.size}.`);
  }
  if (currentTrace()) return runKernel('MaskWindow', { pool, offsets }, { site, shape: [...shape] });
  const start = offsets.dataSync()[site]!;
  return tf.reshape(tf.slice(pool, [start], [size]), [...shape]);
}
