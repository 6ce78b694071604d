import type { DeviceOptions } from './device.ts';
import { startBackend } from './eager-backend.ts';
import type { HostTensor } from './host.ts';
import { observe } from './observed-device.ts';
import { tf } from './tf.ts';
import { isHostTensor, isTensor, leaves, replaceLeaves } from './tree.ts';

/**
 * Runs a function of tensors eagerly on a TensorFlow.js backend, with host values in and out.
 * This is the reference that compiled functions are tested against.
 *
 * @throws CompileError when the backend's package is not installed or its start fails.
 */
export async function openEager(
  f: (...args: never[]) => unknown,
  device: DeviceOptions,
): Promise<(args: readonly unknown[]) => Promise<unknown>> {
  const { backend, engine } = await startBackend(device);
  observe(device.device, { engine, placement: {} });
  return async (args) => {
    await tf.setBackend(backend);
    const result = tf.tidy(() => {
      const tensors = replaceLeavesWith(args, (leaf) => tf.tensor(leaf.data, [...leaf.shape], leaf.dtype));
      return f(...(tensors as never[])) as tf.TensorContainer;
    });
    const kept = leaves(result, isTensor).map(({ leaf }) => leaf);
    const values = await Promise.all(kept.map(async (tensor) => toHost(tensor, await tensor.data())));
    kept.forEach((tensor) => tensor.dispose());
    return replaceLeaves(result, isTensor, () => values.shift());
  };
}

function replaceLeavesWith(tree: unknown, f: (leaf: HostTensor) => tf.Tensor): unknown {
  const all = leaves(tree, isHostTensor).map(({ leaf }) => leaf);
  return replaceLeaves(tree, isHostTensor, () => f(all.shift()!));
}

function toHost(tensor: tf.Tensor, data: tf.BackendValues): HostTensor {
  if (tensor.dtype === 'float32') return { dtype: 'float32', shape: tensor.shape, data: data as Float32Array };
  return { dtype: 'int32', shape: tensor.shape, data: Int32Array.from(data as ArrayLike<number>) };
}
