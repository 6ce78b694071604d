/** Runs one function compiled and eagerly, and compares. */
import { expect } from '@jest/globals';
import { compile } from '../compile.ts';
import type { DeviceOptions } from '../device.ts';
import { float32, int32, sizeOf, type HostTensor } from '../host.ts';
import { key, normal, uniform } from '../random.ts';
import type { TensorSpec } from '../symbolic/dimension.ts';
import type { tf } from '../tf.ts';

/** A function of plain tensors that returns one or several. */
export type TensorFunction = (...inputs: tf.Tensor[]) => tf.Tensor | tf.Tensor[];

export const cpu: DeviceOptions = { device: 'cpu', threads: 1, optimizationLevel: 'all', prepacking: true };
export const eagerCpu: DeviceOptions = { ...cpu, device: 'tfjs-cpu' };

/** The symbols that specs use most. */
export const N = { symbol: 'N', times: 1 } as const;
export const S = { symbol: 'S', times: 1 } as const;

/** What one call returned, both ways. */
export interface BothResults {
  readonly compiled: readonly HostTensor[];
  readonly eager: readonly HostTensor[];
}

/** Compiles f once, for ONNX Runtime's cpu provider and for the eager cpu backend, and makes every call on both. */
export async function both(
  f: TensorFunction,
  inputs: readonly TensorSpec[],
  calls: readonly (readonly HostTensor[])[],
  cacheDirectory: string,
): Promise<BothResults[]> {
  const [compiled, eager] = [
    await callAll(f, inputs, calls, cpu, cacheDirectory),
    await callAll(f, inputs, calls, eagerCpu, cacheDirectory),
  ];
  return calls.map((_, i) => ({ compiled: compiled[i]!, eager: eager[i]! }));
}

async function callAll(
  f: TensorFunction,
  inputs: readonly TensorSpec[],
  calls: readonly (readonly HostTensor[])[],
  device: DeviceOptions,
  cacheDirectory: string,
): Promise<HostTensor[][]> {
  const list = (...args: tf.Tensor[]): tf.Tensor[] => [f(...args)].flat();
  const run = await compile(list, { name: 'test', inputs: [...inputs], device, cacheDirectory });
  const results: HostTensor[][] = [];
  for (const args of calls) results.push(await run(...args));
  await run.dispose();
  return results;
}

/** Fails unless types and shapes agree exactly, and values to `tolerance` times the largest (at least 1). */
export function expectClose(actual: readonly HostTensor[], expected: readonly HostTensor[], tolerance = 2e-6): void {
  const signature = ({ dtype, shape }: HostTensor): string => `${dtype} [${shape.join(', ')}]`;
  expect(actual.map(signature)).toEqual(expected.map(signature));
  actual.forEach((tensor, t) => {
    const reference = expected[t]!.data;
    const scale = Math.max(1, ...Array.from(reference, Math.abs).filter(Number.isFinite));
    tensor.data.forEach((value, i) => {
      if (Object.is(value, reference[i]!) || Math.abs(value - reference[i]!) <= tolerance * scale) return;
      throw new Error(`Tensor ${t} [${tensor.shape.join(', ')}] holds ${value} at ${i}; expected ${reference[i]!}.`);
    });
  });
}

/** Values to feed an input of the given spec: normal float32, or int32 from -3 to 3. The same name, the same values. */
export function randomInput(spec: TensorSpec, sizes: Readonly<Record<string, number>>, name: string): HostTensor {
  const shape = concreteShape(spec, sizes);
  const count = sizeOf(shape);
  return spec.dtype === 'float32'
    ? float32(normal(key(7, name), count), shape)
    : int32(Int32Array.from(uniform(key(7, name), count, -3, 4), Math.floor), shape);
}

/** The shape of a spec where the symbols have these values. */
export function concreteShape(spec: TensorSpec, sizes: Readonly<Record<string, number>>): number[] {
  return spec.shape.map((size) => (typeof size === 'number' ? size : size.times * sizes[size.symbol]!));
}
