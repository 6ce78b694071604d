/** TensorFlow.js's backends as devices: found, started, and asked what they are. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deviceNeeds } from './device-needs.ts';
import type { DeviceName, DeviceOptions } from './device.ts';
import { CompileError } from './errors.ts';
import { tf } from './tf.ts';

/** Modules that bring a backend, and the name they register. `cpu` comes with TensorFlow.js itself. */
const BACKENDS: Readonly<Record<string, { readonly module: string | null; readonly backend: string }>> = {
  'tfjs-cpu': { module: null, backend: 'cpu' },
  'tfjs-wasm': { module: '@tensorflow/tfjs-backend-wasm', backend: 'wasm' },
  'tfjs-node': { module: '@tensorflow/tfjs-node', backend: 'tensorflow' },
  'tfjs-node-gpu': { module: '@tensorflow/tfjs-node-gpu', backend: 'tensorflow' },
};

/** A backend that has started. */
export interface EagerBackend {
  /** Its name in TensorFlow.js. */
  readonly backend: string;
  /** The library that computes and its version. */
  readonly engine: string;
}

/**
 * Loads the device's package and makes its backend TensorFlow.js's.
 *
 * @throws CompileError when the package is not installed, its start fails, or what started is not the device.
 */
export async function startBackend({ device, threads }: DeviceOptions): Promise<EagerBackend> {
  const { module, backend } = BACKENDS[device]!;
  if (backend === 'tensorflow') {
    // libtensorflow and its libraries read these when they are loaded; TF32 would round products to 10 bits.
    process.env['TF_NUM_INTRAOP_THREADS'] ??= String(threads);
    process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
    process.env['NVIDIA_TF32_OVERRIDE'] ??= '0';
  }
  const version = module === null ? tf.version.tfjs : await load(module, device);
  // tf.setBackend can fail and leave another backend in place, so what is in place is asked for.
  await tf.setBackend(backend);
  await tf.ready();
  if (tf.getBackend() !== backend) {
    throw new CompileError(`The device ${device} did not start: TensorFlow.js fell back to ${tf.getBackend()}.`);
  }
  const native = backend === 'tensorflow' ? (tf.backend() as unknown as NativeBackend) : null;
  if (native) assertNative(device, native);
  const library = native ? `, libtensorflow ${native.binding?.TF_Version ?? 'of unknown version'}` : '';
  return { backend, engine: `${module ?? '@tensorflow/tfjs'} ${version}${library}` };
}

/** What @tensorflow/tfjs-node's backend says of itself. */
interface NativeBackend {
  readonly isGPUPackage?: boolean;
  readonly isUsingGpuDevice?: boolean;
  readonly binding?: { readonly TF_Version?: string };
}

/** Both packages register one name, and the one for GPUs computes on the processor where it finds none. */
function assertNative(device: DeviceName, { isGPUPackage, isUsingGpuDevice }: NativeBackend): void {
  const gpu = device === 'tfjs-node-gpu';
  if (gpu !== (isGPUPackage === true)) {
    throw new CompileError(
      `The device ${device} did not start: this process has loaded ${gpu ? 'tfjs-node' : 'tfjs-node-gpu'} before. One process can use one of them.`,
    );
  }
  if (gpu && isUsingGpuDevice !== true) {
    throw new CompileError(
      `The device tfjs-node-gpu did not start: libtensorflow found no GPU and would compute on the processor. It needs ${deviceNeeds(device)}. Or use --device tfjs-node.`,
    );
  }
}

/** Loads a package, installed or built, and returns its version. */
async function load(module: string, device: DeviceName): Promise<string> {
  try {
    const built = builtBackends(module);
    const require = createRequire(built ?? import.meta.url);
    const { version } = require(`${module}/package.json`) as { version: string };
    if (built === null) await import(module);
    else require(module);
    return version;
  } catch (error) {
    throw new CompileError(
      `The device ${device} needs the package ${module}, which could not be loaded (${
        error instanceof Error ? error.message.split('\n')[0] : String(error)
      }). To get it: ${deviceNeeds(device)} (docs/devices.md). Or use --device cpu.`,
    );
  }
}

/**
 * Where scripts/build-tfjs-node.sh has put the package: `.cache/lomap/backends` of a folder above this file, as a file to
 * resolve from. Null if it is not there: then it is looked for where npm installs.
 */
function builtBackends(module: string): string | null {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const backends = join(folder, '.cache', 'lomap', 'backends');
    if (existsSync(join(backends, 'node_modules', module, 'package.json'))) return join(backends, 'package.json');
    if (dirname(folder) === folder) return null;
  }
}
