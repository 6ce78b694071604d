/** Gradient checkpointing of whole training steps: a BERT of three layers with LoRA and dropout in both. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { disposeFrozen, fold, key, normal, sizeOf, type DeviceName } from '@lomap/compile';
import { openCheckpoint, modelOf, writeSafetensors, type EncodedExample } from '@lomap/models';
import { adapt, methodDefaults } from '@lomap/peft';
import { createTrainEngine } from './engine.ts';
import { initialParams } from './initial.ts';
import type { AdaptedModel } from './model.ts';
import { classification } from './objectives/sequence.ts';
import type { TrainingSettings } from './settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'lomap-checkpointing-'));
const config = {
  model_type: 'bert',
  vocab_size: 11,
  hidden_size: 8,
  num_hidden_layers: 3,
  num_attention_heads: 2,
  intermediate_size: 12,
  max_position_embeddings: 16,
  type_vocab_size: 2,
};

beforeAll(async () => {
  mkdirSync(join(folder, 'model'));
  writeFileSync(join(folder, 'model', 'config.json'), JSON.stringify(config));
  const shapes = modelOf(config, 'config.json').shapes(2);
  const tensors = Array.from(shapes, ([name, shape]) => {
    return [name, { shape, data: normal(fold(key(7), name), sizeOf(shape), 0, 0.4) }] as const;
  });
  await writeSafetensors(join(folder, 'model', 'model.safetensors'), new Map(tensors));
});
afterAll(() => {
  disposeFrozen();
  rmSync(folder, { recursive: true, force: true });
});

const examples: EncodedExample[] = [3, 7, 1, 5].map((length, i) => {
  const inputIds = Array.from({ length }, (_, token) => (5 * i + token) % config.vocab_size);
  return { inputIds, tokenTypeIds: inputIds.map(() => i % 2), label: i % 2 };
});

const settings: TrainingSettings = {
  batchSize: 4,
  epochs: 1,
  maxSteps: null,
  maxLength: 16,
  learningRate: 0.01,
  headLearningRate: null,
  schedule: 'constant',
  warmupRatio: 0,
  warmupSteps: null,
  weightDecay: 0.01,
  betas: [0.9, 0.999],
  adamEpsilon: 1e-8,
  maxGradNorm: 1,
  clipping: 'group',
  dropout: 0.1,
  maxTrainSamples: null,
};

const cacheDirectory = join(folder, 'cache');

/** How many error functions, of which a layer has one, every graph compiled so far has, by name. */
function graphs(): Map<string, number> {
  const directory = join(cacheDirectory, 'graphs');
  const names = existsSync(directory) ? readdirSync(directory).filter((name) => name.endsWith('.onnx')) : [];
  return new Map(names.map((name) => [name, readFileSync(join(directory, name), 'latin1').split('Erf').length - 1]));
}

/** Losses, gradient norms and parameters of three steps, and the error functions of each graph that was not there before. */
async function train(
  device: DeviceName,
  method: 'lora' | 'lomap' | 'full',
  gradientCheckpointing: boolean | undefined,
  passes = 1,
): Promise<{ numbers: number[]; newGraphs: number[] }> {
  const before = graphs();
  const checkpoint = await openCheckpoint(join(folder, 'model'), {
    numLabels: 2,
    cacheDirectory,
    headKey: key(0, 'head'),
  });
  const defaults = methodDefaults(method);
  const adaptation = adapt(
    checkpoint,
    method === 'full' ? defaults : { ...defaults, rank: 2, adapterDropout: settings.dropout! },
  );
  const model: AdaptedModel = {
    checkpoint,
    adaptation,
    device: { device, threads: 1, optimizationLevel: 'all', prepacking: true },
    cacheDirectory,
  };
  const engine = await createTrainEngine(model, {
    objective: classification(checkpoint.classify, 2),
    settings: { ...settings, ...(gradientCheckpointing !== undefined && { gradientCheckpointing }) },
    seed: 3,
    passes,
  });
  let state = engine.start(initialParams(adaptation.specs, 0));
  const numbers: number[] = [];
  for (let k = 0; k < 3; k++) {
    const result = await engine.step(state, k, settings.learningRate, examples);
    state = result.state;
    numbers.push(...result.metrics.loss.data, ...result.metrics.gradientNorm.data);
  }
  await engine.dispose();
  numbers.push(...state.params.data);
  return { numbers, newGraphs: [...graphs()].flatMap(([name, count]) => (before.has(name) ? [] : [count])) };
}

test.each([
  { method: 'lora', passes: 1 },
  { method: 'lomap', passes: 2 },
  { method: 'full', passes: 1 },
] as const)('$method in $passes passes: the same numbers from a graph that computes twice', async (options) => {
  const kept = await train('cpu', options.method, undefined, options.passes);
  const again = await train('cpu', options.method, true, options.passes);
  // The last of the three layers is computed once.
  expect(kept.newGraphs).toContain(3);
  expect(Math.max(...again.newGraphs)).toBe(3 + 2);
  expect(again.numbers).toHaveLength(kept.numbers.length);
  again.numbers.forEach((value, i) => expect(Math.abs(value - kept.numbers[i]!)).toBeLessThanOrEqual(1e-6));
});

test('an eager device ignores it, and a setting of false compiles what was compiled before', async () => {
  const [eager, ignoring] = [await train('tfjs-cpu', 'lora', undefined), await train('tfjs-cpu', 'lora', true)];
  expect(ignoring.numbers).toEqual(eager.numbers);
  const [absent, off] = [await train('cpu', 'lora', undefined), await train('cpu', 'lora', false)];
  expect(off).toEqual({ numbers: absent.numbers, newGraphs: [] });
});
