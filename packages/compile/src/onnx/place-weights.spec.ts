import {
  copyFileSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, jest, test } from '@jest/globals';
import { both } from '../testing/both.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { frozen } from '../frozen.ts';
import { tf } from '../tf.ts';
import { placeWeights } from './place-weights.ts';

const root = temporaryFolder();
let folder: string;
let source: string;
let directory: string;
let count = 0;

beforeEach(() => {
  folder = join(root, String(count++));
  source = join(folder, 'model.safetensors');
  directory = join(folder, 'cache', 'graphs');
  mkdirSync(folder);
  writeFileSync(source, Uint8Array.of(1, 2, 3, 4));
});

test('a file is linked hard into a directory that is made', () => {
  const placed = placeWeights([source], directory).get(source)!;
  expect(placed.startsWith(directory)).toBe(true);
  expect(statSync(placed).ino).toBe(statSync(source).ino);
  expect(readdirSync(directory)).toHaveLength(1);
});

test('asked for again, it is found again', () => {
  const first = placeWeights([source], directory);
  expect(placeWeights([source], directory)).toEqual(first);
  expect(readdirSync(directory)).toHaveLength(1);
});

test('a changed file gets a new name', () => {
  const first = placeWeights([source], directory).get(source);
  utimesSync(source, new Date(0), new Date(1e9));
  const second = placeWeights([source], directory).get(source);
  expect(second).not.toBe(first);
  writeFileSync(source, Uint8Array.of(5));
  expect(placeWeights([source], directory).get(source)).not.toBe(second);
});

test('files of one name in two folders are two', () => {
  const other = join(folder, 'other', 'model.safetensors');
  mkdirSync(join(folder, 'other'));
  copyFileSync(source, other);
  const placed = placeWeights([source, other], directory);
  expect(new Set(placed.values()).size).toBe(2);
});

test('what a symbolic link leads to is linked, as in a Hugging Face cache', () => {
  const link = join(folder, 'snapshot');
  symlinkSync('model.safetensors', link);
  const placed = placeWeights([link], directory).get(link)!;
  expect(lstatSync(placed).isSymbolicLink()).toBe(false);
  expect(statSync(placed).ino).toBe(statSync(source).ino);
});

test('a compiled function reads weights behind a symbolic link', async () => {
  writeFileSync(source, new Uint8Array(Float32Array.of(1, 2, 3).buffer));
  const file = join(folder, 'snapshot');
  symlinkSync(source, file);
  const f = (): tf.Tensor => tf.neg(frozen({ name: 'w', file, offset: 0, shape: [3] }));
  const [{ compiled, eager }] = (await both(f, [], [[]], folder)) as [Awaited<ReturnType<typeof both>>[0]];
  expect(compiled).toEqual(eager);
});

test('what a crashed process of the same id left behind is replaced', () => {
  const placed = placeWeights([source], directory).get(source)!;
  const again = join(folder, 'again');
  mkdirSync(again);
  linkSync(source, join(again, `${placed.slice(directory.length + 1)}.${process.pid}`));
  expect(statSync(placeWeights([source], again).get(source)!).size).toBe(4);
});

test('where a link is refused the file is copied', async () => {
  jest.resetModules();
  const fs = await import('node:fs');
  jest.unstable_mockModule('node:fs', () => ({
    ...fs,
    linkSync: () => {
      throw Object.assign(new Error('EXDEV: cross-device link not permitted'), { code: 'EXDEV' });
    },
  }));
  const { placeWeights: place } = await import('./place-weights.ts');
  const placed = place([source], directory).get(source)!;
  expect(statSync(placed).ino).not.toBe(statSync(source).ino);
  expect([...readFileSync(placed)]).toEqual([1, 2, 3, 4]);
  expect(readdirSync(directory)).toHaveLength(1);
});

test('a missing file is named', () => {
  expect(() => placeWeights([join(folder, 'missing')], directory)).toThrow(/ENOENT.*missing/);
});
