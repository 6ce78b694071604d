import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { deviceNeeds } from './device-needs.ts';
import type { DeviceOptions } from './device.ts';
import { CompileError } from './errors.ts';
import type { HostTensor } from './host.ts';
import { observe } from './observed-device.ts';
import type { OnnxModel } from './onnx/write.ts';
import { assertInstalled, assertProvider, providerName, readPlacement, sessionOptions } from './provider.ts';

/** An encoded model loaded on one device. */
export interface Session {
  run(inputs: readonly HostTensor[]): Promise<HostTensor[]>;
  dispose(): Promise<void>;
}

/** The version of ONNX Runtime in use. */
export function onnxRuntimeVersion(): string {
  return ort.env.versions.node ?? ort.env.versions.common;
}

/**
 * Loads a model that was written for `directory`, where its weights lie. The first run on a device other than the
 * processor is profiled, and fails unless the device's own provider ran it.
 *
 * @throws CompileError when the provider is not there or refuses the graph.
 */
export async function openSession(model: OnnxModel, directory: string, device: DeviceOptions): Promise<Session> {
  assertInstalled(device.device);
  const name = createHash('sha256').update(model.bytes).digest('hex').slice(0, 32);
  const file = join(directory, `${name}.onnx`);
  if (!existsSync(file)) {
    const partial = `${file}.${process.pid}`;
    writeFileSync(partial, model.bytes);
    renameSync(partial, file);
  }
  const engine = `onnxruntime-node ${onnxRuntimeVersion()}`;
  let profile = device.device === 'cpu' ? null : mkdtempSync(join(tmpdir(), 'lomap-profile-'));
  const forget = (): void => {
    if (profile !== null) rmSync(profile, { recursive: true, force: true });
    profile = null;
  };
  const session = await create(file, device, profile).catch((error: unknown) => {
    forget();
    throw error;
  });
  if (profile === null) observe(device.device, { engine, placement: {} });
  return {
    async run(inputs) {
      const feeds = Object.fromEntries(model.inputNames.map((input, i) => [input, toOrt(inputs[i]!)]));
      const results = await session.run(feeds, [...model.outputNames]);
      if (profile !== null) {
        session.endProfiling();
        const placement = readPlacement(profile);
        forget();
        assertProvider(device.device, placement);
        observe(device.device, { engine: `${engine}, ${providerName(device.device)}`, placement });
      }
      return model.outputNames.map((output) => fromOrt(results[output]!));
    },
    async dispose() {
      await session.release();
      forget();
    },
  };
}

async function create(file: string, device: DeviceOptions, profile: string | null): Promise<ort.InferenceSession> {
  try {
    return await ort.InferenceSession.create(file, sessionOptions(device, profile));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const remedy =
      device.device === 'cpu'
        ? ''
        : ` The device needs ${deviceNeeds(device.device)} (docs/devices.md). Or use --device cpu.`;
    throw new CompileError(
      `ONNX Runtime could not load the compiled graph on ${device.device}: ${reason.replace(/\.?$/, '.')}${remedy}`,
    );
  }
}

function toOrt({ dtype, data, shape }: HostTensor): ort.Tensor {
  return dtype === 'float32'
    ? new ort.Tensor('float32', data as Float32Array, shape)
    : new ort.Tensor('int32', data as Int32Array, shape);
}

function fromOrt(tensor: ort.OnnxValue): HostTensor {
  const { type, data, dims } = tensor as ort.Tensor;
  if (type === 'bool') return { dtype: 'int32', shape: dims, data: Int32Array.from(data as Uint8Array) };
  if (type !== 'float32' && type !== 'int32')
    throw new CompileError(`The compiled function returned a tensor of type ${type}.`);
  return { dtype: type, shape: dims, data: data as Float32Array | Int32Array };
}
