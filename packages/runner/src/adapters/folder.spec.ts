/** Every method's adapter through the disk: its settings as JSON and the block's check have them, its tensors bit for bit. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { key, normal, sizeOf } from '@lomap/compile';
import { openCheckpoint, type Checkpoint } from '@lomap/models';
import { adapt, adapterFiles, methodDefaults, methodNames, withModuleNames, type MethodSettings } from '@lomap/peft';
import { writeTinyBase } from '../testing/tiny-adapter.ts';
import { writeAdapterFolder } from './folder.ts';
import { loadAdapter } from './load.ts';

const folder = mkdtempSync(join(tmpdir(), 'lomap-adapter-folder-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let model: Checkpoint;
beforeAll(async () => {
  const base = await writeTinyBase(join(folder, 'base'));
  model = await openCheckpoint(base, { numLabels: 3, cacheDirectory: folder, headKey: key(3) });
});

test.each<[string, Partial<MethodSettings>]>([
  ...methodNames().map((name): [string, object] => [name, {}]),
  [
    'lora',
    { useRslora: true, initLoraWeights: 'gaussian', targetModules: '.*\\.(?<name>query|dense)', adapterDropout: 0.1 },
  ],
  ['lokr', { decomposeBoth: true, decomposeFactor: 4, rank: 1 }],
  ['adalora', { initR: 5, tinit: 0, tfinal: 7, deltaT: 3, beta1: 0.5 }],
])('%s %j', async (name, changes) => {
  const defaults = methodDefaults(name);
  const own: MethodSettings = { ...defaults, ...(defaults.rank !== null && { rank: 2 }), ...changes };
  const settings = withModuleNames(own, model.roles);
  const params = adapt(model, settings).specs.map((spec) => {
    const noise = normal(key(4, spec.name), sizeOf(spec.shape), 0, 0.1);
    return spec.init(key(1)).map((value, i) => value + noise[i]!);
  });
  const base = { name: 'tiny', type: 'bert', sha256: model.sha256 };
  const directory = join(folder, encodeURIComponent(`${name} ${JSON.stringify(changes)}`));
  await writeAdapterFolder(directory, adapterFiles({ model, settings, params, base }));
  const { read, folder: found, notes } = await loadAdapter(directory, join(folder, 'base'), folder);
  expect(read.settings).toEqual(settings);
  expect(read.params).toEqual(params);
  expect(found.block!.base).toEqual(base);
  expect(notes).toEqual([]);
});
