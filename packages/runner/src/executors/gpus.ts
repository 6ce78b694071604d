/** Which GPU each worker process computes on. */
import { parseList } from '../config/flags.ts';
import { UsageError } from '../errors.ts';

/** Devices that find their GPUs through CUDA, and so by `CUDA_VISIBLE_DEVICES`. */
const pinnable: readonly string[] = ['cuda', 'tfjs-node-gpu'];

/**
 * The GPUs that `--gpus 0,1` names, as nvidia-smi numbers them; none without the flag.
 *
 * @throws UsageError on what is no list of different numbers, or for a device that cannot be pinned to a GPU.
 */
export function parseGpus(list: string | undefined, devices: readonly string[]): readonly number[] {
  if (list === undefined) return [];
  const gpus = parseList('gpus', list).map((word) => (/^\d{1,3}$/.test(word) ? Number(word) : NaN));
  if (gpus.some(Number.isNaN) || new Set(gpus).size < gpus.length) {
    throw new UsageError(`--gpus ${list}: expected different whole numbers as nvidia-smi shows them, such as 0,1.`);
  }
  const other = devices.find((device) => !pinnable.includes(device));
  if (other !== undefined) {
    const why =
      other === 'webgpu'
        ? 'ONNX Runtime’s WebGPU provider chooses the GPU itself'
        : `${other} does not compute on a GPU`;
    throw new UsageError(`--gpus ${list}: ${why}.`, `--gpus works with --device ${pinnable.join(' or ')}.`);
  }
  return gpus;
}

/** One process's share of the GPUs. */
export interface GpuSlot {
  /** What the process's environment needs, so that it sees this GPU alone. */
  readonly environment: NodeJS.ProcessEnv;
  /** To be called when the process computes nothing more; a second call does nothing. */
  release(): void;
}

/** Deals GPUs to processes: each gets one of those that the fewest living processes have. */
export function gpuSlots(gpus: readonly number[]): { take(): GpuSlot } {
  const users = gpus.map(() => 0);
  return {
    take() {
      if (gpus.length === 0) return { environment: {}, release() {} };
      const i = users.indexOf(Math.min(...users));
      users[i]!++;
      let held = true;
      return {
        environment: { CUDA_DEVICE_ORDER: 'PCI_BUS_ID', CUDA_VISIBLE_DEVICES: String(gpus[i]) },
        release() {
          if (held) users[i]!--;
          held = false;
        },
      };
    },
  };
}
