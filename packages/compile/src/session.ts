import { createHash } from 'node:crypto';
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import type { DeviceOptions } from './device.ts';
import { CompileError } from './errors.ts';
import type { HostTensor } from './host.ts';
import type { OnnxModel } from './onnx/write.ts';

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
 * Loads a model that was written for `directory`, where its weights lie.
 *
 * @throws CompileError when the provider is not there or refuses the graph.
 */
export async function openSession(model: OnnxModel, directory: string, device: DeviceOptions): Promise<Session> {
  const name = createHash('sha256').update(model.bytes).digest('hex').slice(0, 32);
  const file = join(directory, `${name}.onnx`);
  if (!existsSync(file)) {
    const partial = `${file}.${process.pid}`;
    writeFileSync(partial, model.bytes);
    renameSync(partial, file);
  }
  const session = await create(file, device);
  return {
    async run(inputs) {
      const feeds = Object.fromEntries(model.inputNames.map((input, i) => [input, toOrt(inputs[i]!)]));
      const results = await session.run(feeds, [...model.outputNames]);
      return model.outputNames.map((output) => fromOrt(results[output]!));
    },
    dispose: () => session.release(),
  };
}

async function create(file: string, device: DeviceOptions): Promise<ort.InferenceSession> {
  try {
    return await ort.InferenceSession.create(file, {
      executionProviders: [device.device],
      intraOpNumThreads: device.threads,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      graphOptimizationLevel: device.optimizationLevel,
      logSeverityLevel: 3,
      extra: { session: { disable_prepacking: device.prepacking ? '0' : '1' } },
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const remedy = device.device === 'cpu' ? '' : ' Install what the device needs, or use --device cpu.';
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
