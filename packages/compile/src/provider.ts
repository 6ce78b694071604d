/** ONNX Runtime's execution providers: what a session is asked for, and which provider really ran its operators. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type * as ort from 'onnxruntime-node';
import { deviceNeeds } from './device-needs.ts';
import type { DeviceOptions } from './device.ts';
import { CompileError } from './errors.ts';

/** The devices that are providers of ONNX Runtime, and what it calls them. */
const PROVIDERS = {
  cpu: 'CPUExecutionProvider',
  webgpu: 'WebGpuExecutionProvider',
  cuda: 'CUDAExecutionProvider',
} as const;

/** What ONNX Runtime calls the provider of a device. */
export function providerName(device: DeviceOptions['device']): string {
  return PROVIDERS[device as keyof typeof PROVIDERS];
}

/**
 * Throws unless onnxruntime-node has the provider's library. npm's package has no CUDA: its own error would be a line on
 * stderr and another in the exception, neither of which says what to install.
 *
 * @throws CompileError that names the missing file.
 */
export function assertInstalled(device: DeviceOptions['device']): void {
  if (device !== 'cuda') return;
  const binaries = join(dirname(createRequire(import.meta.url).resolve('onnxruntime-node')), '..', 'bin');
  const library = 'libonnxruntime_providers_cuda.so';
  const [version = 'napi-v6'] = existsSync(binaries) ? readdirSync(binaries) : [];
  const folder = join(binaries, version, process.platform, process.arch);
  if (existsSync(join(folder, library))) return;
  throw new CompileError(
    `The device cuda needs ${deviceNeeds('cuda')} (docs/devices.md); ${join(folder, library)} is missing. Or use --device cpu.`,
  );
}

/** How many operators each provider ran. */
export type Placement = Readonly<Record<string, number>>;

/** What ONNX Runtime writes while it opens or runs a session. */
export interface SessionFiles {
  /** The folder for its profile, which says which provider ran what; null where nobody has to ask: the cpu provider has nothing to fall back to. */
  readonly profile?: string | null;
  /** The file for the model as it has optimised it. */
  readonly optimized?: string;
}

/** The options of a session. */
export function sessionOptions(
  device: DeviceOptions,
  { profile = null, optimized }: SessionFiles,
): ort.InferenceSession.SessionOptions {
  // TF32 would round every product to 10 bits, and onnxruntime-node has no option for it: cuBLAS reads this variable.
  if (device.device === 'cuda') process.env['NVIDIA_TF32_OVERRIDE'] ??= '0';
  return {
    executionProviders: [device.device],
    intraOpNumThreads: device.threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    // Sizes change from step to step. For those that come again a pattern reserves a second block beside the arena's, and
    // saves no time that could be measured (docs/memory.md).
    enableMemPattern: false,
    graphOptimizationLevel: device.optimizationLevel,
    logSeverityLevel: 3,
    extra: { session: { disable_prepacking: device.prepacking ? '0' : '1' } },
    ...(optimized !== undefined && { optimizedModelFilePath: optimized }),
    ...(profile !== null && { enableProfiling: true, profileFilePrefix: join(profile, 'profile') }),
  };
}

/**
 * The placement in ONNX Runtime's profile, a JSON list of events: one `*_kernel_time` event of category Node for every
 * operator that ran, with its provider.
 *
 * @throws CompileError when the folder holds no readable profile.
 */
export function readPlacement(folder: string): Placement {
  const counts: Record<string, number> = {};
  try {
    const file = readdirSync(folder).find((name) => name.endsWith('.json'));
    const events = JSON.parse(readFileSync(join(folder, file!), 'utf8')) as ProfileEvent[];
    for (const { cat, name, args } of events) {
      if (cat !== 'Node' || name?.endsWith('_kernel_time') !== true || args?.provider === undefined) continue;
      counts[args.provider] = (counts[args.provider] ?? 0) + 1;
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CompileError(`ONNX Runtime wrote no profile that says which provider ran: ${reason}`);
  }
  return counts;
}

interface ProfileEvent {
  readonly cat?: string;
  readonly name?: string;
  readonly args?: { readonly provider?: string };
}

/**
 * Throws unless the device's own provider ran most of the operators. Some may run on the processor: those that compute
 * shapes, and those that the provider has no kernel for.
 *
 * @throws CompileError that says who ran what.
 */
export function assertProvider(device: DeviceOptions['device'], placement: Placement): void {
  const all = Object.values(placement).reduce((sum, count) => sum + count, 0);
  const own = placement[providerName(device)] ?? 0;
  if (own > 0 && 2 * own > all) return;
  throw new CompileError(
    `The device ${device} was asked for, and its provider ran ${own} of ${all} operators: ${describePlacement(placement)}. ` +
      'Use --device cpu, or look for what is missing with `lomap doctor`.',
  );
}

/** `WebGpuExecutionProvider 812, CPUExecutionProvider 9`. */
export function describePlacement(placement: Placement): string {
  const parts = Object.entries(placement).map(([provider, count]) => `${provider} ${count}`);
  return parts.length === 0 ? 'none' : parts.join(', ');
}
