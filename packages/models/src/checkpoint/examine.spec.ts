import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { key, sizeOf } from '@lomap/compile';
import { parseBertConfig } from '../architectures/bert/config.ts';
import { readMaskedLmHead } from './masked-lm-head.ts';
import { maskedLmHeadShapes } from '../architectures/bert/masked-lm.ts';
import { ModelError } from '../model-error.ts';
import { safetensorsBytes } from '../testing/safetensors-bytes.ts';
import { shardName, writeShards } from '../testing/shards.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { tinyConfig, tinyTensors, writeCheckpoint } from '../testing/tiny-bert.ts';
import { openCheckpoint } from './checkpoint.ts';
import { examine } from './examine.ts';
import { openFolder } from './folder.ts';

const folder = temporaryFolder();
const query = 'bert.encoder.layer.1.attention.self.query.weight';
let made = 0;

const open = (directory: string, numLabels = 3) =>
  openCheckpoint(directory, { numLabels, cacheDirectory: join(folder, 'cache'), headKey: key(1) });

/** A checkpoint's folder in which one tensor has these values at these places. */
async function holding(name: string, values: Readonly<Record<number, number>>): Promise<string> {
  const tensors = tinyTensors();
  const { shape, data } = tensors.get(name) ?? { shape: [4], data: new Float32Array(4) };
  for (const [at, value] of Object.entries(values)) data[Number(at)] = value;
  tensors.set(name, { shape, data });
  return writeCheckpoint(join(folder, `m${made++}`), tensors);
}

describe('a value that is no number is found at opening', () => {
  test.each([
    [{ 19: NaN }, 'NaN at [2, 3]'],
    [{ 0: Infinity }, 'Infinity at [0, 0]'],
    [{ 63: -Infinity, 62: -Infinity }, '2 of 64, the first -Infinity at [7, 6]'],
  ])('%j', async (values, found) => {
    const opening = open(await holding(query, values));
    await expect(opening).rejects.toThrow(ModelError);
    await expect(opening).rejects.toThrow(`${query} of shape [8, 8]: ${found}`);
    await expect(opening).rejects.toThrow('model.safetensors holds values that are not finite');
  });

  test.each([
    ['F16', 0x7e00, 0x7bff],
    ['BF16', 0xff80, 0x7f7f],
  ])('in %s; the largest number is one', async (dtype, broken, largest) => {
    const write = async (bits: number): Promise<string> => {
      const header: Record<string, unknown> = {};
      const parts: Uint8Array[] = [];
      let end = 0;
      for (const [name, { shape, data }] of tinyTensors()) {
        const halves = Uint16Array.from(data, () => 0x3c00);
        if (name === query) halves[9] = bits;
        header[name] = { dtype, shape, data_offsets: [end, (end += halves.byteLength)] };
        parts.push(new Uint8Array(halves.buffer));
      }
      const directory = await writeCheckpoint(join(folder, `m${made++}`), tinyTensors());
      writeFileSync(join(directory, 'model.safetensors'), safetensorsBytes(header, Buffer.concat(parts)));
      return directory;
    };
    await expect(open(await write(broken))).rejects.toThrow(
      /query\.weight of shape \[8, 8\]: (NaN|-Infinity) at \[1, 1\]/,
    );
    expect((await open(await write(largest))).tensors).toContain(query);
  });

  test('in a classifier for another number of labels too, since another task may use it', async () => {
    const directory = await holding('classifier.bias', { 1: NaN });
    await expect(open(directory, 2)).rejects.toThrow('classifier.bias of shape [3]: NaN at [1]');
  });

  test('not in a tensor that is not the model’s', async () => {
    expect((await open(await holding('extra.buffer', { 1: -Infinity }))).tensors).toContain(query);
  });

  test('in the head of masked-language modelling when that is read', async () => {
    const tensors = tinyTensors();
    for (const [name, shape] of maskedLmHeadShapes(parseBertConfig(tinyConfig, 'config.json'))) {
      tensors.set(name, { shape, data: new Float32Array(sizeOf(shape)) });
    }
    const whole = await writeCheckpoint(join(folder, `m${made++}`), tensors);
    expect(readMaskedLmHead(whole).size).toBeGreaterThan(0);
    tensors.get('cls.predictions.bias')!.data[3] = NaN;
    const broken = await writeCheckpoint(join(folder, `m${made++}`), tensors);
    expect(() => readMaskedLmHead(broken)).toThrow('cls.predictions.bias of shape [11]: NaN at [3]');
    await open(broken); // which does not use it
  });

  test('five tensors are named, the others counted', async () => {
    const tensors = tinyTensors();
    for (const { data } of tensors.values()) data[0] = NaN;
    const opening = open(await writeCheckpoint(join(folder, `m${made++}`), tensors));
    await expect(opening).rejects.toThrow(`and ${tensors.size - 5} more tensors`);
  });
});

describe('files are read through once', () => {
  const later = (): number => Date.now() + 10_000;

  test('and again when they changed, or the record is damaged', async () => {
    const directory = await writeCheckpoint(join(folder, 'once'), tinyTensors());
    const cache = join(folder, 'once-cache');
    const first = await examine(openFolder(directory), cache, later);
    const [name] = readdirSync(join(cache, 'examined'));
    const record = join(cache, 'examined', name!);
    const marked = readFileSync(record, 'utf8').replace(first.sha256, 'f'.repeat(64));
    writeFileSync(record, marked);
    // What the record says is taken, so nothing was read.
    expect((await examine(openFolder(directory), cache, later)).sha256).toBe('f'.repeat(64));

    const config = join(directory, 'config.json');
    writeFileSync(config, readFileSync(config)); // the same bytes at another time
    expect(await examine(openFolder(directory), cache, later)).toMatchObject(first);
    writeFileSync(record, '{"version": 1');
    expect(await examine(openFolder(directory), cache, later)).toEqual(first);
  });

  test('of several files, each of them', async () => {
    const directory = await writeCheckpoint(join(folder, 'shards'), tinyTensors());
    await writeShards(directory, tinyTensors(), 2);
    const cache = join(folder, 'shards-cache');
    const first = await examine(openFolder(directory), cache, later);
    const [name] = readdirSync(join(cache, 'examined'));
    const record = join(cache, 'examined', name!);
    writeFileSync(record, readFileSync(record, 'utf8').replace(first.sha256, 'f'.repeat(64)));
    expect((await examine(openFolder(directory), cache, later)).sha256).toBe('f'.repeat(64));
    const shard = join(directory, shardName(1, 2));
    writeFileSync(shard, readFileSync(shard));
    expect(await examine(openFolder(directory), cache, later)).toMatchObject(first);
  });

  test('what is found broken is remembered', async () => {
    const cache = join(folder, 'broken-cache');
    const directory = await holding(query, { 5: NaN });
    const expected = [{ name: query, count: 1, first: 5, value: 'NaN' }];
    for (let turn = 0; turn < 2; turn++) {
      expect((await examine(openFolder(directory), cache, later)).broken).toEqual(expected);
    }
  });

  test('a file that has just changed is not remembered: a second change could bear the same time', async () => {
    const cache = join(folder, 'fresh-cache');
    await examine(openFolder(await writeCheckpoint(join(folder, 'fresh'), tinyTensors())), cache);
    expect(() => readdirSync(join(cache, 'examined'))).toThrow('ENOENT');
  });
});
