/** An objective that no package knows: several labels at once, trained, stopped, resumed and read like any other. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { disposeFrozen, float32, fold, key, normal, sizeOf, tf, type DeviceName } from '@lomap/compile';
import { batchSpecs, modelOf, openCheckpoint, pack, writeSafetensors, type TensorBatch } from '@lomap/models';
import { adapt, methodDefaults } from '@lomap/peft';
import {
  fit,
  initialParams,
  predict,
  ReuseCache,
  type Classify,
  type FitOptions,
  type Objective,
  type TrainingSettings,
} from '@lomap/train';

const folder = mkdtempSync(join(tmpdir(), 'lomap-objective-'));
const cacheDirectory = join(folder, 'cache');
afterAll(() => {
  disposeFrozen();
  rmSync(folder, { recursive: true, force: true });
});

/** A text and which of the tags it has. */
interface Tagged {
  readonly ids: readonly number[];
  readonly tags: readonly boolean[];
}
interface TaggedBatch {
  readonly tokens: TensorBatch;
  /** [B, tags] */
  readonly wanted: tf.Tensor;
}

/** The mean over examples and tags of ln(1 + e^z) - y z; a text's reading is the probability of each tag. */
const multiLabel = (classify: Classify, tags: number): Objective<Tagged, TaggedBatch, number[]> => ({
  key: `multi-label of ${tags}`,
  specs: (size) => ({ tokens: batchSpecs(size), wanted: { dtype: 'float32', shape: [size, tags] } }),
  pack(examples, size) {
    const wanted = new Float32Array(size * tags);
    examples.forEach((example, i) => wanted.set(example.tags.map(Number), i * tags));
    const encoded = examples.map(({ ids }) => ({ inputIds: ids, tokenTypeIds: ids.map(() => 0), label: 0 }));
    return { tokens: pack(encoded, size), wanted: float32(wanted, [size, tags]) };
  },
  length: ({ ids }) => ids.length,
  loss(context, { tokens, wanted }) {
    const z = classify(context, tokens);
    const losses = tf.mean(tf.sub(tf.softplus(z), tf.mul(z, wanted)), 1);
    return tf.div(tf.sum(tf.mul(losses, tokens.weights)), tf.sum(tokens.weights));
  },
  read: (context, { tokens }) => ({ probabilities: tf.sigmoid(classify(context, tokens)) }),
  readings: ({ probabilities }, examples) =>
    examples.map((_, i) => Array.from(probabilities!.data.subarray(i * tags, (i + 1) * tags))),
});

/** Tag t is there when token 5 + t is. */
const examples = [[5], [6], [5, 6, 7], [7, 8], [8], [5, 7, 8, 8]].map((ids): Tagged => {
  return { ids: [2, ...ids, 3], tags: [5, 6, 7].map((token) => ids.includes(token)) };
});
/** The mean loss of these readings, in plain numbers. */
const lossOf = (readings: readonly number[][]): number => {
  const losses = readings.flatMap((row, i) => row.map((p, t) => -Math.log(examples[i]!.tags[t] ? p : 1 - p)));
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
};

const settings: TrainingSettings = {
  ...{ batchSize: 6, epochs: 120, maxSteps: null, maxLength: 8, learningRate: 0.01, headLearningRate: null },
  ...{
    schedule: 'constant',
    warmupRatio: 0,
    warmupSteps: null,
    weightDecay: 0,
    betas: [0.9, 0.999],
    adamEpsilon: 1e-8,
  },
  ...{ maxGradNorm: 1, clipping: 'group', dropout: 0, maxTrainSamples: null },
};

async function options(
  device: DeviceName,
  changes: Partial<FitOptions<Tagged, TaggedBatch>> = {},
): Promise<FitOptions<Tagged, TaggedBatch>> {
  const config = {
    ...{ model_type: 'bert', vocab_size: 10, hidden_size: 8, num_hidden_layers: 1, num_attention_heads: 2 },
    ...{ intermediate_size: 16, max_position_embeddings: 8, type_vocab_size: 1 },
  };
  mkdirSync(join(folder, 'model'), { recursive: true });
  writeFileSync(join(folder, 'model', 'config.json'), JSON.stringify(config));
  const tensors = Array.from(modelOf(config, 'config.json').shapes(3), ([name, shape]) => {
    return [name, { shape, data: normal(fold(key(1), name), sizeOf(shape), 0, 0.4) }] as const;
  });
  await writeSafetensors(join(folder, 'model', 'model.safetensors'), new Map(tensors));
  const checkpoint = await openCheckpoint(join(folder, 'model'), { numLabels: 3, cacheDirectory, headKey: key(0) });
  return {
    ...{ checkpoint, adaptation: adapt(checkpoint, methodDefaults('full')), cacheDirectory },
    device: { device, threads: 1, optimizationLevel: 'all', prepacking: true },
    objective: multiLabel(checkpoint.classify, 3),
    ...{ train: examples, selection: examples, score: (readings) => ({ loss: lossOf(readings) }) },
    ...{ primaryMetric: 'loss', better: 'smaller', selectEpoch: 'best' },
    ...{ settings, seed: 1, resumeDirectory: null, saveEverySteps: 100 },
    ...changes,
  };
}

test('trains, and its readings are those of the parameters with the smallest loss', async () => {
  const run = await options('cpu');
  const before = await predict({ ...run, params: initialParams(run.adaptation.specs, 1), examples });
  const result = await fit(run);
  // The first step's loss is that of the starting values.
  expect(result.curves.loss[0]).toBeCloseTo(lossOf(before), 5);
  expect(result.selectionScore).toBeLessThan(0.5 * lossOf(before));
  expect(result.selectionScore).toBe(Math.min(...result.epochs.map(({ scores }) => scores['loss']!)));
  const after = await predict({ ...run, params: result.params, examples });
  expect(lossOf(after)).toBeCloseTo(result.selectionScore!, 6);
  expect(after.map((row) => row.map((p) => p > 0.5))).toEqual(examples.map(({ tags }) => tags));
});

test('the same eagerly, and in parts', async () => {
  const few = { settings: { ...settings, maxSteps: 3 } };
  const whole = await fit(await options('cpu', few));
  const eager = await fit(await options('tfjs-cpu', few));
  const parts = await fit(
    await options('cpu', { settings: { ...few.settings, gradientAccumulationSteps: 3 }, selection: [] }),
  );
  expect(parts.passes).toBe(3);
  whole.curves.loss.forEach((loss, k) => {
    expect(eager.curves.loss[k]).toBeCloseTo(loss, 5);
    expect(parts.curves.loss[k]).toBeCloseTo(loss, 5);
  });
});

test('stopped and resumed it ends with the same bits', async () => {
  const reference = await fit(await options('cpu'));
  const resumeDirectory = join(folder, 'run');
  const abort = new AbortController();
  const onStep = ({ step }: { step: number }): void => {
    if (step === 5) abort.abort();
  };
  await fit(await options('cpu', { resumeDirectory, signal: abort.signal, onStep }));
  const notes: string[] = [];
  const resumed = await fit(await options('cpu', { resumeDirectory, onNote: (note) => notes.push(note) }));
  expect(notes).toEqual(['Resumed at step 5 of 120.']);
  expect(resumed.params).toEqual(reference.params);
});

test('a compiled step is that of its key', async () => {
  const reuse = { cache: new ReuseCache(4), identity: 'model' };
  const run = await options('cpu', { reuse, settings: { ...settings, maxSteps: 1 }, selection: [] });
  const first = await fit(run);
  // Twice the loss under a key of its own; under the same key it would be found compiled.
  const { objective } = run;
  const doubled = {
    ...objective,
    loss: (...of: Parameters<typeof objective.loss>) => tf.mul(2, objective.loss(...of)),
  };
  const again = await fit({ ...run, objective: { ...doubled, key: 'twice' } as typeof objective });
  expect(again.curves.loss[0]).toBeCloseTo(2 * first.curves.loss[0]!, 5);
  await reuse.cache.clear();
});
