/** One side of benchmarks:large in a process of its own: the training step, or its bare products. */
import { key, onnxRuntimeVersion, sizeOf, type DeviceOptions } from '@lomap/compile';
import { openCheckpoint, type Checkpoint, type WeightDtype } from '@lomap/models';
import { adapt, methodDefaults } from '@lomap/peft';
import { sequenceObjective } from '@lomap/train';
import { examplesOf, trainerOf } from './common/trainer.ts';
import { serve } from './common/serve.ts';
import type { LargeLoaded, LargeRequest, LargeTurn, LargeTurnRequest } from './large/protocol.ts';
import { bareProducts } from './large/products.ts';

/** What a turn does: its milliseconds and its loss. */
type Turn = () => Promise<{ ms: number; loss: number | null }>;

let turn: Turn | null = null;

async function load(request: LargeRequest): Promise<LargeLoaded> {
  const { threads, cacheDirectory, model } = request;
  // Copies in which ONNX Runtime lays out factors would be float32: nothing is prepacked.
  const device: DeviceOptions = { device: 'cpu', threads, optimizationLevel: 'all', prepacking: false };
  const started = performance.now();
  const checkpoint = await openCheckpoint(model, { numLabels: 2, cacheDirectory, headKey: key(0, 'head') });
  const opened = performance.now();
  const { parameters, run } = await (request.what === 'step' ? step : products)(checkpoint, request, device);
  turn = run;
  const bytes: Readonly<Record<WeightDtype, number>> = { F32: 4, F16: 2, BF16: 2 };
  const stored = checkpoint.tensors.map((name) => {
    const dtype = checkpoint.dtype(name);
    return dtype === null ? 0 : bytes[dtype] * sizeOf(checkpoint.shape(name));
  });
  return {
    type: 'loaded',
    parameters,
    weightBytes: stored.reduce((sum, size) => sum + size, 0),
    ...{ files: checkpoint.stored.files, dtypes: checkpoint.stored.dtypes },
    layers: new Set(checkpoint.linears.flatMap(({ path }) => /\.\d+\./.exec(path) ?? [])).size,
    seconds: { open: (opened - started) / 1000, compile: (performance.now() - opened) / 1000 },
    versions: { onnxruntime: onnxRuntimeVersion() },
  };
}

async function step(checkpoint: Checkpoint, request: LargeRequest, device: DeviceOptions) {
  const { method, rank, length, cacheDirectory } = request;
  const defaults = methodDefaults(method);
  const settings = {
    ...defaults,
    rank,
    loraAlpha: defaults.loraAlpha === null ? null : 2 * rank,
    targetModules: ['@query', '@key', '@value', '@up', '@down'],
  };
  const inputIds = [Array.from({ length }, (_, i) => 3 + ((i * 7919) % (checkpoint.limits.vocabularySize - 3)))];
  const examples = examplesOf(inputIds, [1]);
  const model = {
    objective: sequenceObjective('classification', checkpoint.classify, checkpoint.numLabels),
    ...{ checkpoint, adaptation: adapt(checkpoint, settings), device, cacheDirectory },
  };
  const trainer = await trainerOf(model, { examples, learningRate: 1e-4, maxGradNorm: 1 });
  return { parameters: trainer.parameters, run: () => trainer.step() };
}

async function products(checkpoint: Checkpoint, { length, cacheDirectory }: LargeRequest, device: DeviceOptions) {
  const bare = await bareProducts(checkpoint, { length, device, cacheDirectory });
  const timed: Turn = async () => {
    const started = performance.now();
    await bare.run();
    return { ms: performance.now() - started, loss: null };
  };
  return { parameters: 0, run: timed };
}

await serve(async (message) => {
  const request = message as LargeRequest | LargeTurnRequest;
  if (request.command === 'load') return load(request);
  if (!turn) throw new Error('A turn was asked for before a load.');
  return { type: 'turn', ...(await turn()) } satisfies LargeTurn;
});
// ONNX Runtime can keep handles open.
process.exit(0);
