/** A real training run on one device, small enough for every device: what `lomap doctor` starts in a process of its own. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fold, key, normal, observedDevice, permutation, sizeOf } from '@lomap/compile';
import { openCheckpoint, modelOf, writeSafetensors, type EncodedExample } from '@lomap/models';
import { adapt, methodDefaults, type MethodSettings } from '@lomap/peft';
import { median } from '@lomap/statistics';
import { classification, createTrainEngine, type TrainingSettings } from '@lomap/train';
import { deviceOptions } from '@lomap/trial';
import { defaultSettings } from '../config/defaults.ts';

/** What to run where. */
export interface ProbeRequest {
  readonly device: string;
  readonly threads: number;
  readonly steps: number;
}

/** What ran, and what came out. */
export interface ProbeResult {
  /** The library that computed, with its version. */
  readonly engine: string;
  /** How many operators of a step each of ONNX Runtime's providers ran; empty for cpu and eager devices. */
  readonly placement: Readonly<Record<string, number>>;
  /** Seconds until the first step was done: trace, compile, load, first step. */
  readonly startSeconds: number;
  /** Median milliseconds of the later steps. */
  readonly msPerStep: number;
  /** Loss of each step. */
  readonly losses: readonly number[];
  /** The trainable parameters after the last step. */
  readonly parameters: readonly number[];
}

/** A BERT of two layers, since the last one is computed for first tokens alone. Random weights: what is compared is arithmetic. */
const config = {
  model_type: 'bert',
  vocab_size: 200,
  hidden_size: 64,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  intermediate_size: 256,
  max_position_embeddings: 32,
};

/** β starts at 0: an exact identity without a singular point, so that a difference between devices is rounding. */
const method = (): MethodSettings => {
  const defaults = methodDefaults('lomap');
  return { ...defaults, rank: 4, map: { ...defaults.map!, start: 'beta-zero', scalarLearningRateMultiplier: 10 } };
};

const training: TrainingSettings = {
  ...defaultSettings.training,
  batchSize: 8,
  epochs: 1,
  maxSteps: null,
  learningRate: 2e-3,
  dropout: 0.1,
};

/** 16 examples of 3 to 24 tokens, two batches. */
const examples: readonly EncodedExample[] = Array.from({ length: 16 }, (_, i) => {
  const order = permutation(fold(key(5), 'example', i), config.vocab_size - 1);
  const inputIds = Array.from(order.slice(0, 3 + ((i * 7) % 22)), (id) => id + 1);
  return { inputIds, tokenTypeIds: inputIds.map(() => 0), label: i % 2 };
});

/**
 * Trains on one device for some steps, dropout, clipping and AdamW included.
 *
 * @throws CompileError when the device is not there or something else computed in its place.
 */
export async function probe({ device: name, threads, steps }: ProbeRequest): Promise<ProbeResult> {
  const folder = mkdtempSync(join(tmpdir(), 'lomap-doctor-'));
  try {
    const cacheDirectory = join(folder, 'cache');
    const checkpoint = await openCheckpoint(await writeModel(join(folder, 'model')), {
      numLabels: 2,
      cacheDirectory,
      headKey: key(5, 'head'),
    });
    const device = deviceOptions({ ...defaultSettings.engine, device: name }, threads);
    const adaptation = adapt(checkpoint, method());
    const started = performance.now();
    const engine = await createTrainEngine(
      { checkpoint, adaptation, device, cacheDirectory },
      { objective: classification(checkpoint.classify, 2), settings: training, seed: 5 },
    );
    let state = engine.start();
    const losses: number[] = [];
    const ends = [started];
    for (let k = 0; k < steps; k++) {
      const batch = k % 2 === 0 ? examples.slice(0, 8) : examples.slice(8);
      const result = await engine.step(state, k, training.learningRate, batch);
      ends.push(performance.now());
      state = result.state;
      losses.push(result.metrics.loss.data[0]!);
    }
    await engine.dispose();
    const { engine: library, placement } = observedDevice(device.device)!;
    const times = ends.map((end, i) => end - (ends[i - 1] ?? end)).slice(1);
    const startSeconds = times[0]! / 1000;
    const msPerStep = median(times.length > 2 ? times.slice(2) : times);
    return { engine: library, placement, startSeconds, msPerStep, losses, parameters: [...state.params.data] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The child process: runs what the first message asks for, answers, and exits. */
export function serveProbe(): void {
  process.once('disconnect', () => process.exit(1));
  process.once('message', (request) => {
    probe(request as ProbeRequest).then(
      (result) => process.send!({ result }, () => process.exit(0)),
      (error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        process.send!({ reason }, () => process.exit(0));
      },
    );
  });
}

async function writeModel(folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
  const tensors = [...modelOf(config, 'config.json').shapes(2)].map(([name, shape]) => {
    const noise = normal(fold(key(5), name), sizeOf(shape), 0, 0.1);
    return [name, { shape, data: name.endsWith('LayerNorm.weight') ? noise.map((x) => 1 + x) : noise }] as const;
  });
  await writeSafetensors(join(folder, 'model.safetensors'), new Map(tensors));
  return folder;
}
