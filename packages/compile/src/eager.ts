import type { DeviceOptions } from './device.ts';
import { CompileError } from './errors.ts';
import type { HostTensor } from './host.ts';
import { tf } from './tf.ts';
import { isHostTensor, isTensor, leaves, replaceLeaves } from './tree.ts';

/** Modules that bring a TensorFlow.js backend, and the name they register. `cpu` comes with TensorFlow.js itself. */
const BACKENDS: Readonly<Record<string, { readonly module: string | null; readonly backend: string }>> = {
  'tfjs-cpu': { module: null, backend: 'cpu' },
  'tfjs-wasm': { module: '@tensorflow/tfjs-backend-wasm', backend: 'wasm' },
  'tfjs-node': { module: '@tensorflow/tfjs-node', backend: 'tensorflow' },
  'tfjs-node-gpu': { module: '@tensorflow/tfjs-node-gpu', backend: 'tensorflow' },
};

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
  const { module, backend } = BACKENDS[device.device]!;
  if (module !== null) await load(module, device.device);
  // tf.setBackend can fail and leave another backend in place, so what is in place is asked for.
  await tf.setBackend(backend);
  await tf.ready();
  if (tf.getBackend() !== backend) {
    throw new CompileError(`The device ${device.device} did not start: TensorFlow.js fell back to ${tf.getBackend()}.`);
  }
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

async function load(module: string, device: string): Promise<void> {
  try {
    await import(module);
  } catch (error) {
    throw new CompileError(
      `The device ${device} needs the package ${module}, which could not be loaded (${
        error instanceof Error ? error.message.split('\n')[0] : String(error)
      }). Install it, or use --device cpu.`,
    );
  }
}

function replaceLeavesWith(tree: unknown, f: (leaf: HostTensor) => tf.Tensor): unknown {
  const all = leaves(tree, isHostTensor).map(({ leaf }) => leaf);
  return replaceLeaves(tree, isHostTensor, () => f(all.shift()!));
}

function toHost(tensor: tf.Tensor, data: tf.BackendValues): HostTensor {
  if (tensor.dtype === 'float32') return { dtype: 'float32', shape: tensor.shape, data: data as Float32Array };
  return { dtype: 'int32', shape: tensor.shape, data: Int32Array.from(data as ArrayLike<number>) };
}
