/** Every row of the methods' behaviour matrix, through the files of a folder: the same adapter comes back. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { key, normal, sizeOf, tf } from '@lomap/compile';
import { adapt, adapterFiles, methodNames, readAdapter, type MethodSettings } from '@lomap/peft';
import { methodRows, plainContext, tinyForward, tinyModel, updateRows } from '@lomap/peft/testing';
import { readAdapterFolder, writeAdapterFolder } from './folder.ts';

beforeAll(() => tf.setBackend('cpu'));
const folder = mkdtempSync(join(tmpdir(), 'lomap-rows-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const rows = [...methodRows, ...updateRows];

/** Logits, and merged weights by name. */
function outputs(settings: MethodSettings, params: readonly Float32Array[]) {
  const adaptation = adapt(tinyModel, settings);
  const tensors = params.map((values, i) => tf.tensor(values, [...adaptation.specs[i]!.shape]));
  const x = tf.tensor2d(normal(key(3, 'x'), 4 * 5), [4, 5]);
  const logits = tinyForward(adaptation.context(tensors, plainContext()), x).dataSync();
  return { logits, merged: adaptation.merge(params) };
}

test('every method has a row', () => {
  expect(new Set(rows.map(({ settings }) => settings.name))).toEqual(new Set(methodNames()));
});

test.each(rows)('$settings.label: saved and loaded, the same output bit for bit', async ({ settings }) => {
  const params = adapt(tinyModel, settings).specs.map((spec) => {
    const noise = normal(key(4, spec.name), sizeOf(spec.shape), 0, 0.2);
    return spec.init(key(2)).map((value, i) => value + noise[i]!);
  });
  const base = { name: 'tiny', type: 'bert', sha256: 'ab'.repeat(32) };
  const directory = join(folder, settings.label);
  // JSON and safetensors on the disk; back through the block's schema.
  await writeAdapterFolder(directory, adapterFiles({ model: tinyModel, settings, params, base }));
  const read = readAdapterFolder(directory);
  expect(read.block?.method).toEqual(settings);
  const loaded = readAdapter(tinyModel, read.files, read);
  expect(loaded.notes.concat(loaded.headOfBase)).toEqual([]);
  expect(outputs(loaded.settings, loaded.params)).toEqual(outputs(settings, params));
});
