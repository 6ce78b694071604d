import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { compile } from './compile.ts';
import { CompileError } from './errors.ts';
import { float32 } from './host.ts';
import { observedDevice } from './observed-device.ts';
import { assertProvider, readPlacement, sessionOptions } from './provider.ts';
import { cpu, eagerCpu } from './testing/both.ts';
import { floats } from './testing/kernel-cases/kernel-case.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';
import { tf } from './tf.ts';

const folder = temporaryFolder();

test('the cpu provider is asked for as it always was: its options decide results', () => {
  expect(sessionOptions({ ...cpu, threads: 2 }, {})).toEqual({
    executionProviders: ['cpu'],
    intraOpNumThreads: 2,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    enableMemPattern: false,
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
    extra: { session: { disable_prepacking: '0' } },
  });
});

test('another provider is profiled', () => {
  expect(sessionOptions({ ...cpu, device: 'webgpu' }, { profile: '/somewhere' })).toMatchObject({
    executionProviders: ['webgpu'],
    enableProfiling: true,
    profileFilePrefix: '/somewhere/profile',
  });
});

describe('the placement', () => {
  test('counts the operators that ran, by provider', () => {
    const event = (cat: string, name: string, provider?: string): object => ({ cat, name, args: { provider } });
    writeFileSync(
      join(folder, 'profile_1.json'),
      JSON.stringify([
        event('Session', 'model_run'),
        event('Node', 'a_fence_before', 'WebGpuExecutionProvider'),
        event('Node', 'a_kernel_time', 'WebGpuExecutionProvider'),
        event('Node', 'b_kernel_time', 'WebGpuExecutionProvider'),
        event('Node', 'c_kernel_time', 'CPUExecutionProvider'),
        event('Api', 'd_kernel_time', 'WebGpuExecutionProvider'),
      ]),
    );
    expect(readPlacement(folder)).toEqual({ WebGpuExecutionProvider: 2, CPUExecutionProvider: 1 });
  });

  test('a folder without a profile is an error', () => {
    expect(() => readPlacement(join(folder, 'none'))).toThrow(CompileError);
  });

  test('the device’s own provider must have run most of it', () => {
    expect(() => assertProvider('webgpu', { WebGpuExecutionProvider: 2, CPUExecutionProvider: 1 })).not.toThrow();
    expect(() => assertProvider('cuda', { CPUExecutionProvider: 12 })).toThrow(
      'The device cuda was asked for, and its provider ran 0 of 12 operators: CPUExecutionProvider 12.',
    );
    expect(() => assertProvider('cuda', { CUDAExecutionProvider: 3, CPUExecutionProvider: 3 })).toThrow('ran 3 of 6');
    expect(() => assertProvider('webgpu', {})).toThrow('ran 0 of 0 operators: none');
  });
});

test('what computed is recorded when it has, not when it is asked for', async () => {
  const options = { name: 'f', inputs: [floats(2)] as [ReturnType<typeof floats>], cacheDirectory: folder };
  const f = (x: tf.Tensor): tf.Tensor => tf.neg(x);
  for (const device of [cpu, eagerCpu]) {
    expect(observedDevice(device.device)).toBeUndefined();
    const run = await compile(f, { ...options, device });
    await run(float32([1, 2], [2]));
    await run.dispose();
  }
  expect(observedDevice('cpu')?.engine).toMatch(/^onnxruntime-node \d+\.\d+\.\d+$/);
  expect(observedDevice('tfjs-cpu')?.engine).toBe(`@tensorflow/tfjs ${tf.version.tfjs}`);
});

test('a provider that is not installed is an error with the remedy', async () => {
  const options = { name: 'f', inputs: [floats(2)] as [ReturnType<typeof floats>], cacheDirectory: folder };
  const compiled = compile((x: tf.Tensor) => tf.neg(x), { ...options, device: { ...cpu, device: 'cuda' } });
  // Where its libraries are, it compiles, or says what else is missing.
  const message = await compiled.then(
    () => 'cuda needs CUDA 12, docs/devices.md',
    (error: unknown) => String(error),
  );
  expect(message).toMatch(/cuda.* needs .*CUDA 12.*docs\/devices\.md/s);
});
