import { mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { ModelError } from '../model-error.ts';
import { nonFiniteTensors, checkFinite } from './finite.ts';
import { openSafetensors, readTensor } from './read.ts';
import { openShards } from './shards.ts';
import { shardName, writeShards } from '../testing/shards.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { writeSafetensors, type WritableTensor } from './write.ts';

const root = temporaryFolder();
let folder: string;
let made = 0;
const tensor = (...values: number[]): WritableTensor => ({ shape: [values.length], data: Float32Array.from(values) });
const tensors = new Map(Object.entries({ a: tensor(1, 2), b: tensor(3), c: tensor(4, 5, 6), d: tensor(7) }));
const [first, second] = [shardName(0, 2), shardName(1, 2)];
const index = (): string => join(folder, 'model.safetensors.index.json');
let written: Awaited<ReturnType<typeof writeShards>>;

beforeEach(async () => {
  folder = join(root, String(made++));
  written = await writeShards(folder, tensors, 2);
});

/** Writes another index. */
function changed(map: Record<string, unknown>, metadata: unknown = written.metadata): void {
  writeFileSync(index(), JSON.stringify({ metadata, weight_map: { ...written.weight_map, ...map } }));
}

describe('files that an index holds together', () => {
  test('are as one', () => {
    const file = openShards(index());
    expect(file.files).toEqual([first, second].map((name) => join(folder, name)));
    expect([...file.tensors.keys()].sort()).toEqual(['a', 'b', 'c', 'd']);
    for (const [name, { data }] of tensors) expect(readTensor(file, name)).toEqual(data);
    expect(() => readTensor(file, 'e')).toThrow('model.safetensors.index.json holds no tensor e');
  });

  test('links are followed, as a Hugging Face cache has them; total_size may be left out', () => {
    const snapshot = join(folder, 'snapshot');
    mkdirSync(snapshot);
    for (const name of [first, second]) symlinkSync(join('..', name), join(snapshot, name));
    writeFileSync(join(snapshot, 'model.safetensors.index.json'), JSON.stringify({ weight_map: written.weight_map }));
    expect(readTensor(openShards(join(snapshot, 'model.safetensors.index.json')), 'c')).toEqual(tensors.get('c')!.data);
  });

  test('a value that is not finite is found in the file that has it', async () => {
    await writeShards(folder, new Map([...tensors, ['d', tensor(NaN)]]), 2);
    const file = openShards(index());
    expect(nonFiniteTensors(file)).toEqual([{ name: 'd', count: 1, first: 0, value: 'NaN' }]);
    expect(() => checkFinite(file)).toThrow(`d of shape [1]: NaN at [0], in ${join(folder, second)}`);
  });
});

describe('one clear error for', () => {
  const bad = (message: string | RegExp): void => {
    expect(() => openShards(index())).toThrow(ModelError);
    expect(() => openShards(index())).toThrow(message);
    expect(() => openShards(index())).toThrow(folder);
  };

  test('a file that is missing, or a folder', () => {
    rmSync(join(folder, second));
    bad(`names ${second}, and ${join(folder, second)} does not exist. Fetch the index and the files`);
    mkdirSync(join(folder, second));
    bad('is no file');
  });

  test('a file that is cut', () => {
    truncateSync(join(folder, second), 100);
    bad(/model-00002-of-00002\.safetensors.*truncated/);
  });

  test('a tensor that is in no file, in another one, or that the index does not name', () => {
    changed({ e: first });
    bad(`e is in no file; the index says ${first}`);
    changed({ a: second });
    bad(`a is in ${first}; the index says ${second}`);
    changed({ a: undefined });
    bad(`a is in ${first}, and the index does not name it`);
  });

  test('a tensor in two files', async () => {
    await writeSafetensors(join(folder, second), new Map([...tensors].filter(([name]) => name !== 'c')));
    bad(`a is in two files, ${join(folder, first)} and ${join(folder, second)}`);
  });

  test('more of them than one reads: five lines and a count', () => {
    changed(Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`e${i}`, first])));
    bad(/e4 is in no file.*\n {2}and 4 more/);
  });

  test('bytes that are not those of the index', () => {
    changed({}, { total_size: 29 });
    bad('total_size is 29, the tensors of its files have 28 bytes');
  });

  test.each([
    '../evil.safetensors',
    '/etc/evil.safetensors',
    'sub/evil.safetensors',
    'sub\\evil.safetensors',
    'C:evil.safetensors',
    'evil\0.safetensors',
    '.safetensors/..',
    'pytorch_model.bin',
    '',
  ])('the file name %j', (name) => {
    changed({ a: name });
    bad(/names the file .* expected a name that ends in \.safetensors, without a folder/);
  });

  test.each([
    ['[]', 'expected a JSON object'],
    ['{', 'not JSON'],
    ['{"metadata": {}}', 'weight_map'],
    ['{"weight_map": {}}', 'weight_map names no tensor'],
    ['{"weight_map": {"a": 1}}', 'weight_map.a'],
    ['{"weight_map": {"a": "x.safetensors", "a": "x.safetensors"}}', 'the key weight_map.a occurs twice'],
    ['{"weight_map": {"a": "x.safetensors"}, "metadata": {"total_size": "1"}}', 'metadata.total_size'],
  ])('the index %s', (text, message) => {
    writeFileSync(index(), text);
    bad(message);
  });

  test('an index of more bytes than any', () => {
    writeFileSync(index(), ' '.repeat((1 << 24) + 1));
    bad('an index has at most');
  });
});

test('deferred tensors are rounded to their type; wider types come first', async () => {
  const path = join(folder, 'mixed.safetensors');
  const values = (): Float32Array => Float32Array.of(1, 1 + 2 ** -9, -3);
  await writeSafetensors(
    path,
    new Map<string, WritableTensor | { shape: number[]; dtype: 'F16' | 'BF16'; values: () => Float32Array }>([
      ['a', { shape: [3], dtype: 'BF16', values }],
      ['b', { shape: [3], dtype: 'F16', values }],
      ['c', { shape: [3], data: values() }],
    ]),
  );
  const file = openSafetensors(path);
  expect(Array.from(file.tensors, ([name, { dtype }]) => `${name} ${dtype}`)).toEqual(['c F32', 'a BF16', 'b F16']);
  expect([...readTensor(file, 'a')]).toEqual([1, 1, -3]);
  expect([...readTensor(file, 'b')]).toEqual([1, 1 + 2 ** -9, -3]);
  expect([...readTensor(file, 'c')]).toEqual([1, 1 + 2 ** -9, -3]);
});

test('what making a value throws is thrown, and no file is left', async () => {
  const path = join(folder, 'none.safetensors');
  const values = (): never => {
    throw new RangeError('of its own');
  };
  const writing = writeSafetensors(path, new Map([['a', { shape: [1], dtype: 'F16' as const, values }]]));
  await expect(writing).rejects.toThrow(new RangeError('of its own'));
  expect(() => openSafetensors(path)).toThrow('there is no such file');
});
