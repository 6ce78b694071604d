/** Our side of benchmarks:step, memory and sweep: one method on one device, compiled or eager, in a process of its own. */
import { observedDevice, onnxRuntimeVersion, peakMemoryBytes, tf, type DeviceName } from '@lomap/compile';
import { serve } from './common/serve.ts';
import { createTrainer, examplesOf, type Trainer } from './common/trainer.ts';
import type {
  BatchesDone,
  BatchesRequest,
  Evaluated,
  EvaluateRequest,
  Loaded,
  LoadRequest,
  Turn,
  TurnRequest,
} from './step/protocol.ts';

let trainer: Trainer | null = null;

async function load(request: LoadRequest): Promise<Loaded> {
  const { device, threads } = request;
  trainer = await createTrainer({
    ...request,
    examples: examplesOf(request.inputIds, request.labels),
    device: { device, threads, optimizationLevel: 'all', prepacking: true },
  });
  const { loss } = await trainer.step();
  const { parameters, passes } = trainer;
  return {
    type: 'loaded',
    parameters,
    loss,
    // TensorFlow.js's wasm backend has no threads in Node, its cpu backend has none anywhere.
    threads: device === 'tfjs-wasm' || device === 'tfjs-cpu' ? 1 : threads,
    versions: versionsOn(device),
    notes: passes > 1 ? [`Our engine's batch goes through the model in ${passes} parts, as in training.`] : [],
  };
}

/** `libtensorflow` is one only where that computed. */
function versionsOn(device: DeviceName): Record<string, string> {
  if (!device.startsWith('tfjs-')) return { onnxruntime: onnxRuntimeVersion() };
  const [, libtensorflow] = /libtensorflow (.+)$/.exec(observedDevice(device)?.engine ?? '') ?? [];
  return { tfjs: tf.version.tfjs, ...(libtensorflow !== undefined && { libtensorflow }) };
}

async function batches(own: Trainer, { inputIds, labels }: BatchesRequest): Promise<BatchesDone> {
  const examples = inputIds.map((rows, i) => examplesOf(rows, labels[i]!));
  const started = performance.now();
  for (const batch of examples) await own.step(batch);
  return { type: 'batches', ms: performance.now() - started };
}

async function turn(own: Trainer, { warmUp }: TurnRequest): Promise<Turn> {
  for (let i = 0; i < warmUp; i++) await own.step();
  return { type: 'turn', ...(await own.step()) };
}

async function evaluate(own: Trainer): Promise<Evaluated> {
  await own.evaluate();
  return { type: 'evaluated', peakMemoryBytes: peakMemoryBytes() };
}

await serve(async (message) => {
  const request = message as LoadRequest | TurnRequest | BatchesRequest | EvaluateRequest;
  if (request.command === 'load') return load(request);
  if (!trainer) throw new Error(`${request.command} was asked for before a load.`);
  if (request.command === 'batches') return batches(trainer, request);
  return request.command === 'turn' ? turn(trainer, request) : evaluate(trainer);
});
// TensorFlow.js and ONNX Runtime can keep handles open.
process.exit(0);
