import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { disposeFrozen, key, tf } from '@lomap/compile';
import { ModelError } from '../model-error.ts';
import { describeWithShared, shared } from '../testing/shared.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { tinyConfig, tinyTensors, writeCheckpoint } from '../testing/tiny-bert.ts';
import type { WritableTensor } from '../safetensors/write.ts';
import { architectureTypes } from '../architectures/registry.ts';
import { openCheckpoint, type Checkpoint } from './checkpoint.ts';

const folder = temporaryFolder();
const cacheDirectory = join(folder, 'cache');
const query = 'bert.encoder.layer.1.attention.self.query';
let made = 0;

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const open = (directory: string, numLabels = 3, seed = 1) =>
  openCheckpoint(directory, { numLabels, cacheDirectory, headKey: key(seed, 'head') });

/** Opens a checkpoint of the tiny tensors after a change to them. */
async function opened(
  change: (tensors: Map<string, WritableTensor>) => Map<string, WritableTensor> | void,
  labels = 3,
) {
  const tensors = tinyTensors();
  return open(await writeCheckpoint(join(folder, `m${made++}`), change(tensors) ?? tensors), labels);
}

function expectTinyValues(checkpoint: Checkpoint): void {
  for (const [name, { data, shape }] of tinyTensors()) {
    expect(checkpoint.shape(name)).toEqual(shape);
    expect(checkpoint.read(name)).toEqual(data);
    const leaf = checkpoint.frozen(name);
    expect(leaf.shape).toEqual(shape);
    expect(leaf.dataSync()).toEqual(data);
  }
  disposeFrozen();
}

describe('a whole checkpoint', () => {
  test('every tensor by its name, straight from the file', async () => {
    const checkpoint = await opened(() => undefined);
    expect(checkpoint.notes).toEqual([]);
    expect(checkpoint.tensors).toEqual([...tinyTensors().keys()]);
    expectTinyValues(checkpoint);
    expect(existsSync(join(cacheDirectory, checkpoint.sha256))).toBe(false);
  });

  test('its modules, its folder’s name and its hash', async () => {
    const directory = await writeCheckpoint(join(folder, 'named'), tinyTensors());
    const checkpoint = await open(directory);
    expect(checkpoint.name).toBe('named');
    expect(checkpoint.head).toEqual(['bert.pooler', 'classifier']);
    expect(checkpoint.linears).toHaveLength(2 * 6 + 2);
    expect(checkpoint.linears[11]).toEqual({ path: 'bert.encoder.layer.1.output.dense', out: 8, in: 12, bias: true });
    const hash = createHash('sha256');
    for (const file of ['model.safetensors', 'config.json']) hash.update(readFileSync(join(directory, file)));
    expect(checkpoint.sha256).toBe(hash.digest('hex'));
  });

  test('linear is x Wᵀ + bias', async () => {
    const checkpoint = await opened(() => undefined);
    const { data: weight } = tinyTensors().get(`${query}.weight`)!;
    const { data: bias } = tinyTensors().get(`${query}.bias`)!;
    const x = tf.tensor2d([[0, 0, 1, 0, 0, 0, 0, 0]]);
    const y = checkpoint.context().linear(query, x).dataSync();
    bias.forEach((value, out) => expect(y[out]).toBeCloseTo(weight[out * 8 + 2]! + value, 6));
  });
});

describe('names of other writers', () => {
  const renamed = (rename: (name: string) => string) => (tensors: Map<string, WritableTensor>) =>
    new Map(Array.from(tensors, ([name, tensor]) => [rename(name), tensor]));

  test('no prefix', async () => {
    expectTinyValues(await opened(renamed((name) => name.replace(/^bert\./, ''))));
  });

  test('gamma and beta', async () => {
    const legacy = (name: string) =>
      name.replace('LayerNorm.weight', 'LayerNorm.gamma').replace('Norm.bias', 'Norm.beta');
    expectTinyValues(await opened(renamed(legacy)));
  });

  test('further tensors are ignored', async () => {
    const one = { shape: [1], data: Float32Array.of(1) };
    const extra = ['embeddings.position_ids', 'cls.predictions.bias'];
    expectTinyValues(await opened((tensors) => extra.forEach((name) => tensors.set(name, one))));
  });
});

describe('the head', () => {
  const withoutHead = (tensors: Map<string, WritableTensor>) =>
    [...tensors.keys()].filter((name) => /pooler|classifier/.test(name)).forEach((name) => tensors.delete(name));

  test('that a bare encoder lacks starts fresh, from the key', async () => {
    const directory = await writeCheckpoint(join(folder, `m${made++}`), tinyTensors());
    const tensors = tinyTensors();
    withoutHead(tensors);
    await writeCheckpoint(directory, tensors, { ...tinyConfig, initializer_range: 0.5 });
    const [one, again, other] = [await open(directory, 2, 1), await open(directory, 2, 1), await open(directory, 2, 2)];
    expect(one.notes).toEqual([
      expect.stringContaining('bert.pooler.dense starts fresh'),
      expect.stringContaining('classifier starts fresh'),
    ]);
    const pooler = one.read('bert.pooler.dense.weight');
    const deviation = Math.sqrt(pooler.reduce((sum, value) => sum + value * value, 0) / pooler.length);
    expect(deviation).toBeGreaterThan(0.3);
    expect(deviation).toBeLessThan(0.7);
    expect(again.read('bert.pooler.dense.weight')).toEqual(pooler);
    expect(other.read('bert.pooler.dense.weight')).not.toEqual(pooler);
    expect(one.shape('classifier.weight')).toEqual([2, 8]);
    expect(one.read('classifier.bias')).toEqual(Float32Array.of(0, 0));
    expect(one.frozen('bert.pooler.dense.weight').dataSync()).toEqual(pooler);
  });

  test('a start from scratch has every tensor at random, norms as the identity, whatever the file holds', async () => {
    const checkpoint = await opened(() => undefined);
    const weights = checkpoint.fresh(`${query}.weight`);
    expect(weights).toHaveLength(checkpoint.read(`${query}.weight`).length);
    expect(weights).not.toEqual(checkpoint.read(`${query}.weight`));
    expect(checkpoint.fresh(`${query}.weight`)).toEqual(weights);
    expect(checkpoint.fresh(`${query}.bias`).every((value) => value === 0)).toBe(true);
    expect(checkpoint.fresh('bert.embeddings.LayerNorm.weight').every((value) => value === 1)).toBe(true);
    expect(() => checkpoint.fresh('bert.nothing')).toThrow('has no tensor bert.nothing');
  });

  test('for another number of labels starts fresh, and the notes say so', async () => {
    const checkpoint = await opened(() => undefined, 1);
    expect(checkpoint.notes).toEqual([expect.stringMatching(/classifier starts fresh with 1 labels.* has 3/)]);
    expect(checkpoint.read('classifier.weight')).toHaveLength(8);
    expect(checkpoint.read('bert.pooler.dense.weight')).toEqual(tinyTensors().get('bert.pooler.dense.weight')!.data);
  });

  test('of another hidden size, or half a head, is an error', async () => {
    const zeros = (...shape: number[]) => ({ shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) });
    await expect(opened((tensors) => tensors.set('classifier.weight', zeros(5, 9)))).rejects.toThrow(
      'classifier.weight has shape [5, 9], expected shape [3, 8]',
    );
    await expect(opened((tensors) => void tensors.delete('classifier.bias'), 2)).rejects.toThrow(
      'classifier.bias is missing, expected shape [2]',
    );
  });
});

describe('a bad folder is one clear error', () => {
  const wrong = (change: (tensors: Map<string, WritableTensor>) => unknown) =>
    opened((tensors) => void change(tensors));

  test('a missing tensor, a wrong shape', async () => {
    await expect(wrong((tensors) => tensors.delete(`${query}.weight`))).rejects.toThrow(
      `${query}.weight is missing, expected shape [8, 8]`,
    );
    const flat = { shape: [64], data: new Float32Array(64) };
    const opening = wrong((tensors) => tensors.set(`${query}.weight`, flat));
    await expect(opening).rejects.toThrow(ModelError);
    await expect(opening).rejects.toThrow(`${query}.weight has shape [64], expected shape [8, 8]`);
    await expect(opening).rejects.toThrow('model.safetensors');
  });

  test('another model altogether: a few lines, not all of its tensors', async () => {
    await expect(opened(() => new Map([['x', { shape: [], data: Float32Array.of(1) }]]))).rejects.toThrow(
      /and \d+ more/,
    );
  });

  test('missing and truncated files', async () => {
    await expect(open(join(folder, 'nowhere'))).rejects.toThrow('nowhere is not a folder');
    writeFileSync(join(folder, 'plain'), '');
    await expect(open(join(folder, 'plain', 'in-a-file'))).rejects.toThrow('in-a-file is not a folder');
    const directory = await writeCheckpoint(join(folder, `m${made++}`), tinyTensors());
    const weights = join(directory, 'model.safetensors');
    truncateSync(weights, 9000);
    await expect(open(directory)).rejects.toThrow(/model\.safetensors: tensor .* truncated/);
    rmSync(weights);
    await expect(open(directory)).rejects.toThrow('model.safetensors does not exist');
    writeFileSync(join(directory, 'pytorch_model.bin.index.json'), '');
    await expect(open(directory)).rejects.toThrow('pytorch_model.bin.index.json: load it in transformers');
    writeFileSync(join(directory, 'pytorch_model.bin'), '');
    await expect(open(directory)).rejects.toThrow('safe_serialization=True');
    rmSync(join(directory, 'config.json'));
    await expect(open(directory)).rejects.toThrow('config.json cannot be read: there is no such file');
  });

  test('a model type that is not supported yet', async () => {
    const config = { ...tinyConfig, model_type: 'deberta' };
    const directory = await writeCheckpoint(join(folder, `m${made++}`), tinyTensors(), config);
    const known = architectureTypes().map((type) => JSON.stringify(type));
    await expect(open(directory)).rejects.toThrow(
      `has model_type "deberta", which is not supported yet; ${known.join(', ')} are.`,
    );
  });

  test('a tensor that no BERT has', async () => {
    const checkpoint = await opened(() => undefined);
    expect(() => checkpoint.read('bert.nothing')).toThrow('has no tensor bert.nothing');
  });
});

describeWithShared('models/minilm-l6', 'MiniLM-L6', () => {
  test('opens in place, its classifier fresh', async () => {
    const checkpoint = await open(shared('models/minilm-l6'), 2);
    expect(checkpoint.notes).toEqual([expect.stringContaining('classifier starts fresh')]);
    expect(checkpoint.limits).toEqual({ vocabularySize: 30522, tokenTypes: 2, maxPositions: 512 });
    expect(checkpoint.attention).toEqual({ heads: 12, dropout: 0.1 });
    expect(existsSync(join(cacheDirectory, checkpoint.sha256))).toBe(false);
  });
});
