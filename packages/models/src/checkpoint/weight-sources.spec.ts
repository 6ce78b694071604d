import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { disposeFrozen, key, tf } from '@lomap/compile';
import { ModelError } from '../model-error.ts';
import { safetensorsBytes } from '../testing/safetensors-bytes.ts';
import { shardName, writeShards } from '../testing/shards.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { tinyConfig, tinyTensors, writeCheckpoint } from '../testing/tiny-bert.ts';
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

describe('weights that the engine cannot map as they lie', () => {
  /** The tiny checkpoint with tensors of a type, and a header whose length leaves the data at an odd place or not. */
  function write(dtype: 'F32' | 'BF16', headerPadding: number): string {
    const header: Record<string, unknown> = {
      // A type that is no weight in front, to be left out of the converted file.
      'embeddings.position_ids': { dtype: 'I64', shape: [1], data_offsets: [0, 8] },
    };
    const parts: Uint8Array[] = [new Uint8Array(8)];
    let end = 8;
    for (const [name, { shape, data }] of tinyTensors()) {
      const bits = Array.from(new Uint32Array(data.buffer), (bits) => bits >>> 16);
      const part = new Uint8Array(dtype === 'F32' ? data.slice().buffer : Uint16Array.from(bits).buffer);
      header[name] = { dtype, shape, data_offsets: [end, (end += part.length)] };
      parts.push(part);
    }
    const json = JSON.stringify(header);
    const directory = join(folder, `m${made++}`);
    mkdirSync(directory);
    writeFileSync(join(directory, 'config.json'), JSON.stringify(tinyConfig));
    const aligned = json.padEnd(Math.ceil(json.length / 8) * 8 + headerPadding);
    writeFileSync(join(directory, 'model.safetensors'), safetensorsBytes(aligned, Buffer.concat(parts)));
    return directory;
  }

  test('at odd offsets: copied to the cache once', async () => {
    const directory = write('F32', 1);
    const checkpoint = await open(directory);
    expectTinyValues(checkpoint);
    const weights = join(cacheDirectory, checkpoint.sha256, 'weights.bin');
    const total = [...tinyTensors().values()].reduce((sum, { data }) => sum + data.byteLength, 0);
    expect(readFileSync(weights)).toHaveLength(total);

    const marked = readFileSync(weights).fill(0);
    writeFileSync(weights, marked);
    await open(directory, 2); // another head, the same file
    expect(readFileSync(weights).equals(marked)).toBe(true);
    truncateSync(weights, total - 1);
    expectTinyValues(await open(directory));
  });

  test('an aligned file with a tensor of another type is not copied', async () => {
    const checkpoint = await open(write('F32', 0));
    expectTinyValues(checkpoint);
    expect(existsSync(join(cacheDirectory, checkpoint.sha256))).toBe(false);
  });

  test('BF16 stays as it lies; at odd offsets it is copied, and stays BF16', async () => {
    const checkpoint = await open(write('BF16', 0));
    expect(existsSync(join(cacheDirectory, checkpoint.sha256))).toBe(false);
    expect(checkpoint.stored).toEqual({ files: 1, dtypes: ['BF16'] });
    expect(checkpoint.dtype(`${query}.weight`)).toBe('BF16');
    expect(() => checkpoint.dtype('bert.nothing')).toThrow('has no tensor bert.nothing');
    const odd = await open(write('BF16', 1));
    const total = [...tinyTensors().values()].reduce((sum, { data }) => sum + 2 * data.length, 0);
    expect(readFileSync(join(cacheDirectory, odd.sha256, 'weights.bin'))).toHaveLength(total);
    const bits = new Uint32Array(tinyTensors().get(`${query}.weight`)!.data.buffer);
    const expected = new Float32Array(bits.map((value) => value & 0xffff0000).buffer);
    expect(checkpoint.read(`${query}.weight`)).toEqual(expected);
    expect(checkpoint.frozen(`${query}.weight`).dataSync()).toEqual(expected);
    expect(odd.frozen(`${query}.weight`).dataSync()).toEqual(expected);
    disposeFrozen();
  });

  test('a cache that cannot be written', async () => {
    const blocked = join(folder, 'a-file');
    writeFileSync(blocked, '');
    const opening = openCheckpoint(write('BF16', 1), { numLabels: 3, cacheDirectory: blocked, headKey: key(1) });
    await expect(opening).rejects.toThrow(ModelError);
    await expect(opening).rejects.toThrow(/weights\.bin cannot be written/);
  });
});

describe('a checkpoint in several files', () => {
  const sharded = async (count: number): Promise<string> => {
    const directory = await writeCheckpoint(join(folder, `m${made++}`), tinyTensors());
    await writeShards(directory, tinyTensors(), count);
    return directory;
  };

  test('is the checkpoint that it is in one', async () => {
    const directory = await sharded(3);
    const checkpoint = await open(directory);
    expectTinyValues(checkpoint);
    expect(checkpoint.stored).toEqual({ files: 3, dtypes: ['F32'] });
    const hash = createHash('sha256');
    for (const i of [0, 1, 2]) hash.update(readFileSync(join(directory, shardName(i, 3))));
    expect(checkpoint.sha256).toBe(hash.update(readFileSync(join(directory, 'config.json'))).digest('hex'));
    expect(existsSync(join(cacheDirectory, checkpoint.sha256))).toBe(false);
  });

  test('model.safetensors goes first, as in transformers', async () => {
    const directory = await sharded(2);
    await writeCheckpoint(directory, tinyTensors());
    expect((await open(directory)).stored.files).toBe(1);
  });

  test('of several types, head included, and only what is missing is said to be', async () => {
    const directory = await sharded(2);
    const types = ['F32', 'F16', 'BF16'] as const;
    const tensors = Array.from(
      tinyTensors(),
      ([name, { shape, data }], i) => [name, { shape, dtype: types[i % 3]!, values: () => data }] as const,
    );
    await writeShards(directory, new Map(tensors), 2);
    const checkpoint = await open(directory);
    for (const [name, { dtype }] of tensors) {
      expect(checkpoint.dtype(name)).toBe(dtype);
      expect(checkpoint.frozen(name).dataSync()).toEqual(checkpoint.read(name));
    }
    expect([...checkpoint.stored.dtypes].sort()).toEqual(['BF16', 'F16', 'F32']);
    const other = await open(directory, 2);
    expect(other.notes).toEqual([expect.stringMatching(/with 2 labels: the one in .*index\.json has 3/)]);
    expect(other.dtype('classifier.weight')).toBeNull();
  });

  test('one that lacks a tensor is one error', async () => {
    const directory = await sharded(2);
    const tensors = tinyTensors();
    tensors.delete(`${query}.weight`);
    await writeShards(directory, tensors, 2);
    await expect(open(directory)).rejects.toThrow(`index.json does not hold the BERT model of its config.json`);
    await expect(open(directory)).rejects.toThrow(`${query}.weight is missing, expected shape [8, 8]`);
  });
});
