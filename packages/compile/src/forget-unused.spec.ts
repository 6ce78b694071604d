import { readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { compile } from './compile.ts';
import { forgetUnused, markUsed } from './forget-unused.ts';
import { cpu } from './testing/both.ts';
import { floats } from './testing/kernel-cases/kernel-case.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';
import { tf } from './tf.ts';

const directory = temporaryFolder();

test('graphs that nobody used for 30 days go, and what was left half written; weights stay', () => {
  const now = Date.now();
  const place = (name: string, days: number): string => {
    const file = join(directory, name);
    writeFileSync(file, name);
    const then = new Date(now - days * 24 * 3600 * 1000);
    utimesSync(file, then, then);
    return file;
  };
  for (const name of ['old.onnx', 'old.json', 'half.onnx.417', 'half.json.417.2', 'weights.bin']) place(name, 31);
  place('new.json', 29);
  markUsed(place('used.onnx', 400));
  markUsed(join(directory, 'not there'));
  forgetUnused(directory, now);
  expect(readdirSync(directory).sort()).toEqual(['new.json', 'used.onnx', 'weights.bin']);
});

test('a graph of old is not forgotten where it is found again under another key', async () => {
  let traced = 0;
  const f = (x: tf.Tensor): tf.Tensor => {
    traced++;
    return tf.sin(x);
  };
  const options = { name: 'f', inputs: [floats(2)] as never, device: cpu, cacheDirectory: directory };
  const graphs = join(directory, 'graphs');
  const models = (): string[] => readdirSync(graphs).filter((name) => name.endsWith('.onnx'));
  await (await compile(f, { ...options, cached: { key: 'one' } })).dispose();
  const before = models();
  expect(before).not.toHaveLength(0);
  for (const name of readdirSync(graphs)) utimesSync(join(graphs, name), 1, 1);

  await (await compile(f, { ...options, cached: { key: 'two' } })).dispose();
  expect(models()).toEqual(before);
  traced = 0;
  await (await compile(f, { ...options, cached: { key: 'two' } })).dispose();
  expect(traced).toBe(0);
  // The first key's entry was not used again.
  await (await compile(f, { ...options, cached: { key: 'one' } })).dispose();
  expect(traced).toBeGreaterThan(0);
});
