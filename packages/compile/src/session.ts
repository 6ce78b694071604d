import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { deviceNeeds } from './device-needs.ts';
import type { DeviceOptions } from './device.ts';
import { CompileError } from './errors.ts';
import type { StoredGraph } from './graph-cache.ts';
import type { HostTensor } from './host.ts';
import { observe } from './observed-device.ts';
import { modelFile } from './onnx/store-model.ts';
import { attachWeights } from './onnx/attach-weights.ts';
import { openAttached, openOptimized } from './optimized-model.ts';
import {
  assertInstalled,
  assertProvider,
  providerName,
  readPlacement,
  sessionOptions,
  type SessionFiles,
} from './provider.ts';

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
 * Loads a model from `directory`, where its weights lie too. The first run on a device other than the
 * processor is profiled, and fails unless the device's own provider ran it.
 *
 * @throws CompileError when the provider is not there or refuses the graph.
 */
export async function openSession(
  graph: Pick<StoredGraph, 'model' | 'attached' | 'inputNames' | 'outputNames' | 'ordered'>,
  directory: string,
  device: DeviceOptions,
): Promise<Session> {
  assertInstalled(device.device);
  const { model, attached } = graph;
  const engine = `onnxruntime-node ${onnxRuntimeVersion()}`;
  let profile = device.device === 'cpu' ? null : mkdtempSync(join(tmpdir(), 'lomap-profile-'));
  const forget = (): void => {
    if (profile !== null) rmSync(profile, { recursive: true, force: true });
    profile = null;
  };
  const open = (): Promise<ort.InferenceSession> => {
    if (profile === null && attached !== undefined) {
      return openAttached(
        { model, attached, ordered: graph.ordered ?? false },
        directory,
        device,
        onnxRuntimeVersion(),
        create,
      );
    }
    if (profile === null && !graph.ordered)
      return openOptimized(model, directory, device, onnxRuntimeVersion(), create);
    const file = modelFile(model, directory);
    const whole =
      attached === undefined ? file : modelFile(attachWeights(readFileSync(file), attached, directory), directory);
    return create(whole, device, { profile });
  };
  const session = await open().catch((error: unknown) => {
    forget();
    throw error;
  });
  if (profile === null) observe(device.device, { engine, placement: {} });
  return {
    async run(inputs) {
      const feeds = Object.fromEntries(graph.inputNames.map((input, i) => [input, toOrt(inputs[i]!)]));
      const results = await session.run(feeds, [...graph.outputNames]);
      if (profile !== null) {
        session.endProfiling();
        const placement = readPlacement(profile);
        forget();
        assertProvider(device.device, placement);
        observe(device.device, { engine: `${engine}, ${providerName(device.device)}`, placement });
      }
      return graph.outputNames.map((output) => fromOrt(results[output]!));
    },
    async dispose() {
      await session.release();
      forget();
    },
  };
}

async function create(file: string, device: DeviceOptions, writes: SessionFiles = {}): Promise<ort.InferenceSession> {
  try {
    return await ort.InferenceSession.create(file, sessionOptions(device, writes));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const remedy =
      device.device === 'cpu'
        ? ''
        : ` The device needs ${deviceNeeds(device.device)} (docs/devices.md). Or use --device cpu.`;
    throw new CompileError(
      `ONNX Runtime could not load the compiled graph on ${device.device}: ${reason.trim().replace(/\.?$/, '.')}${remedy}`,
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
