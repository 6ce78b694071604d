/** A model in 16 bits computes what the same numbers in float32 do: loss and gradients, for every kind of method. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { compile, disposeFrozen, float32, fold, key, normal, sizeOf, tf } from '@lomap/compile';
import { batchSpecs, modelOf, openCheckpoint, pack, writeSafetensors } from '@lomap/models';
import type { Checkpoint, DeferredTensor, TensorBatch, WeightDtype } from '@lomap/models';
import { adapt, methodDefaults, methodNames, withModuleNames } from '@lomap/peft';
import { classification } from '@lomap/train';

const folder = mkdtempSync(join(tmpdir(), 'lomap-sixteen-'));
const cacheDirectory = join(folder, 'cache');
afterAll(() => {
  disposeFrozen();
  rmSync(folder, { recursive: true, force: true });
});

const config = {
  ...{ model_type: 'bert', vocab_size: 23, hidden_size: 8, num_hidden_layers: 2, num_attention_heads: 2 },
  ...{ intermediate_size: 12, max_position_embeddings: 16 },
};
const names = [...modelOf(config, 'config.json').shapes(3)];
const drawn = (name: string, shape: readonly number[]): Float32Array => {
  const noise = normal(fold(key(5), name), sizeOf(shape), 0, 0.3);
  return name.endsWith('LayerNorm.weight') ? noise.map((value) => 1 + value) : noise;
};

/** Writes these values in a type. Returns the opened checkpoint. */
async function written(name: string, dtype: WeightDtype, values: (name: string) => Float32Array): Promise<Checkpoint> {
  const directory = join(folder, name);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'config.json'), JSON.stringify(config));
  const tensors = names.map(([tensor, shape]): [string, DeferredTensor] => [
    tensor,
    { shape, dtype, values: () => values(tensor) },
  ]);
  await writeSafetensors(join(directory, 'model.safetensors'), new Map(tensors));
  return openCheckpoint(directory, { numLabels: 3, cacheDirectory, headKey: key(1) });
}

/** A checkpoint in 16 bits, and one of the same numbers in float32. */
const pairs = new Map<WeightDtype, readonly [Checkpoint, Checkpoint]>();
beforeAll(async () => {
  for (const dtype of ['F16', 'BF16'] as const) {
    const narrow = await written(dtype, dtype, (name) => drawn(name, new Map(names).get(name)!));
    pairs.set(dtype, [narrow, await written(`${dtype} as F32`, 'F32', (name) => narrow.read(name))]);
  }
});

const rows = [
  [3, 7, 11, 2],
  [22, 1, 5],
].map((inputIds, label) => ({ inputIds, tokenTypeIds: inputIds.map(() => 0), label }));

/** Loss and gradients of a method's parameters, all moved from their start. */
async function computed(checkpoint: Checkpoint, name: string): Promise<Float32Array[]> {
  const defaults = methodDefaults(name);
  const rank = defaults.rank === null ? null : 2;
  const settings = withModuleNames({ ...defaults, rank }, checkpoint.roles);
  const adaptation = adapt(checkpoint, settings);
  const { specs } = adaptation;
  const params = specs.map((spec) => {
    const noise = normal(fold(key(2), spec.name), sizeOf(spec.shape), 0, 0.05);
    return spec.init(key(3)).map((value, i) => value + noise[i]!);
  });
  const objective = classification(checkpoint.classify, 3);
  const f = (own: tf.Tensor[], batch: TensorBatch): tf.Tensor[] => {
    const loss = (...own: tf.Tensor[]): tf.Scalar =>
      objective.loss(adaptation.context(own, checkpoint.context()), batch);
    const { value, grads } = tf.valueAndGrads(loss)(own);
    return [value, ...grads];
  };
  const run = await compile(f, {
    name,
    inputs: [specs.map(({ shape }) => ({ dtype: 'float32' as const, shape })), batchSpecs(2)],
    device: { device: 'cpu', threads: 1, optimizationLevel: 'all', prepacking: false },
    cacheDirectory,
  });
  const own = params.map((values, i) => float32(values, specs[i]!.shape));
  const results = await run(own, pack(rows, 2) as never);
  await run.dispose();
  return results.map(({ data }) => data as Float32Array);
}

const methods = methodNames().filter((name) => !name.includes('+'));
const cases: [string, WeightDtype][] = [
  ...methods.map((name): [string, WeightDtype] => [name, 'BF16']),
  ...['full', 'lora', 'dora', 'lomap'].map((name): [string, WeightDtype] => [name, 'F16']),
];

test.each(cases)('%s in %s', async (name, dtype) => {
  const [narrow, wide] = pairs.get(dtype)!;
  const [actual, expected] = [await computed(narrow, name), await computed(wide, name)];
  expect(actual).toHaveLength(expected.length);
  for (const [i, values] of actual.entries()) {
    const scale = Math.max(...expected[i]!.map(Math.abs), 1e-3);
    const error = Math.max(...values.map((value, k) => Math.abs(value - expected[i]![k]!))) / scale;
    expect([i, error < 1e-5 ? 0 : error]).toEqual([i, 0]);
  }
});

test('nothing of the weights was copied', () => {
  expect(readdirSync(cacheDirectory).filter((name) => !['graphs', 'examined'].includes(name))).toEqual([]);
});
