/** Our side of benchmarks:step: one method on one device, compiled or eager, in a process of its own. */
import { float32, onnxRuntimeVersion, tf, type HostTensor } from '@lomap/compile';
import type { EncodedExample } from '@lomap/models';
import { createTrainEngine, initialParams, layout, packParams, type OptimizerState } from '@lomap/train';
import { adaptedModel, commonTraining } from './common/adapted-model.ts';
import { serve } from './common/serve.ts';
import type { Loaded, LoadRequest, Turn, TurnRequest } from './step/protocol.ts';

interface Trainer {
  readonly loaded: Loaded;
  /** One training step: its milliseconds and its loss. */
  step(): Promise<{ ms: number; loss: number }>;
}

const SEED = 0;

async function load(request: LoadRequest): Promise<Trainer> {
  const { device, threads, learningRate, maxGradNorm } = request;
  const model = await adaptedModel({
    ...request,
    numLabels: 2,
    device: { device, threads, optimizationLevel: 'all', prepacking: true },
  });
  const where = layout(model.adaptation.specs);
  const engine = await createTrainEngine(model, {
    kind: 'classification',
    seed: SEED,
    layout: where,
    settings: {
      ...commonTraining,
      batchSize: request.inputIds.length,
      epochs: 1,
      maxSteps: null,
      learningRate,
      maxGradNorm,
      dropout: 0,
    },
  });
  const examples = request.inputIds.map((inputIds, i): EncodedExample => {
    return { inputIds, tokenTypeIds: inputIds.map(() => 0), label: request.labels[i]! };
  });
  const zeros = (): HostTensor => float32(new Float32Array(where.size), [where.size]);
  const params = packParams(where, initialParams(model.adaptation.specs, SEED));
  let state: OptimizerState<HostTensor> = { params: float32(params, [where.size]), m: zeros(), v: zeros() };
  let steps = 0;
  const step = async (): Promise<{ ms: number; loss: number }> => {
    const started = performance.now();
    const result = await engine.step(state, steps++, learningRate, examples);
    const ms = performance.now() - started;
    state = result.state;
    return { ms, loss: result.metrics.loss.data[0]! };
  };
  await step();
  const eager = device.startsWith('tfjs-');
  return {
    step,
    loaded: {
      type: 'loaded',
      parameters: where.size,
      // TensorFlow.js's wasm backend has no threads in Node, its cpu backend has none anywhere.
      threads: eager ? 1 : threads,
      versions: eager ? { tfjs: tf.version.tfjs } : { onnxruntime: onnxRuntimeVersion() },
      notes: [],
    },
  };
}

let trainer: Trainer | null = null;

await serve(async (message) => {
  const request = message as LoadRequest | TurnRequest;
  if (request.command === 'load') {
    trainer = await load(request);
    return trainer.loaded;
  }
  if (!trainer) throw new Error('A turn was asked for before a load.');
  for (let i = 0; i < request.warmUp; i++) await trainer.step();
  const turn: Turn = { type: 'turn', ...(await trainer.step()) };
  return turn;
});
// TensorFlow.js and ONNX Runtime can keep handles open.
process.exit(0);
