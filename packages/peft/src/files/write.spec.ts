/** Adapters through HF PEFT's files and back, on the tiny model; what PEFT makes of them is test/peft's matter. */
import { describe, expect, test } from '@jest/globals';
import { defaultMapSettings } from '@lomap/map';
import { adapt } from '../adapt.ts';
import { methodNames } from '../registry.ts';
import type { MethodSettings } from '../settings.ts';
import { tinyModel } from '../testing/tiny-model.ts';
import { blockOf, difference, paths, trained, withoutBlock } from '../testing/trained.ts';
import { readAdapter } from './read.ts';
import { adapterFiles, loraFiles, peftFiles } from './write.ts';

test.each(methodNames())('%s comes back bit for bit', (name) => {
  const adapter = trained(name);
  const { config, tensors } = adapterFiles(adapter);
  // As JSON takes it; through the disk and the block's check: packages/runner/src/adapters/folder.spec.ts.
  const files = { config: JSON.parse(JSON.stringify(config)) as typeof config, tensors };
  const read = readAdapter(tinyModel, files, { block: blockOf(files), ...paths });
  expect(read.settings).toEqual(adapter.settings);
  expect(read.params).toEqual(adapter.params);
  expect(read.notes.concat(read.headOfBase)).toEqual([]);
});

/** PEFT's keys of one module, and its keys of the configuration, as map-paper.md §2.1 and PEFT 0.21's source have them. */
test.each<[string, Partial<MethodSettings>, Record<string, number[]>, object]>([
  [
    'lora',
    { useRslora: true },
    { 'lora_A.weight': [2, 5], 'lora_B.weight': [5, 2] },
    { use_rslora: true, use_dora: false, r: 2, lora_alpha: 16 },
  ],
  ['dora', {}, { 'lora_A.weight': [2, 5], 'lora_B.weight': [5, 2], lora_magnitude_vector: [5] }, { use_dora: true }],
  [
    'loha',
    {},
    { hada_w1_a: [5, 2], hada_w1_b: [2, 5], hada_w2_a: [5, 2], hada_w2_b: [2, 5] },
    { peft_type: 'LOHA', alpha: 16 },
  ],
  ['lokr', {}, { lokr_w1: [1, 1], lokr_w2_a: [5, 2], lokr_w2_b: [2, 5] }, { peft_type: 'LOKR', decompose_factor: -1 }],
  ['vera', {}, { vera_lambda_d: [2], vera_lambda_b: [5] }, { peft_type: 'VERA', save_projection: true }],
  [
    'delora',
    {},
    { delora_A: [2, 5], delora_B: [5, 2], delora_lambda: [1], delora_w_norm: [5] },
    { peft_type: 'DELORA' },
  ],
  [
    'adalora',
    {},
    { lora_A: [3, 5], lora_B: [5, 3], lora_E: [3, 1] },
    { peft_type: 'ADALORA', init_r: 3, target_r: 2, total_step: 1 },
  ],
  [
    'ia3',
    { targetModules: ['query'], feedforwardModules: [] },
    { ia3_l: [5, 1] },
    { peft_type: 'IA3', feedforward_modules: [] },
  ],
  [
    'lomap',
    {},
    { 'lora_A.weight': [2, 5], 'lora_B.weight': [5, 2], lora_magnitude_vector: [5] },
    { peft_type: 'LORA', use_dora: true, lora_alpha: 2 },
  ],
])('%s has the keys of PEFT', (name, changes, keys, fields) => {
  const { config, tensors } = peftFiles(trained(name, changes));
  const prefix = 'base_model.model.encoder.layer.0.query.';
  const found = [...tensors].filter(([key]) => key.startsWith(prefix));
  expect(Object.fromEntries(found.map(([key, { shape }]) => [key.slice(prefix.length), shape]))).toEqual(keys);
  expect(config).toMatchObject({ task_type: 'SEQ_CLS', modules_to_save: ['pooler', 'classifier'], ...fields });
  expect(tensors.get('base_model.model.pooler.dense.weight')?.shape).toEqual([5, 5]);
  expect(tensors.get('base_model.model.classifier.bias')?.shape).toEqual([3]);
});

describe('the form of PEFT alone is the same weights', () => {
  const map = (changes: object): Partial<MethodSettings> => ({ map: { ...defaultMapSettings, ...changes } });
  test.each<[string, Partial<MethodSettings>]>([
    ...['lora', 'dora', 'adalora', 'loha', 'lokr', 'vera', 'delora', 'ia3', 'flora', 'edora', 'dora+adalora'].map(
      (name) => [name, {}] as [string, object],
    ),
    ['lora', { useRslora: true, targetModules: 'encoder\\.layer\\.\\d\\.query' }],
    ['lora', { initLoraWeights: 'pissa' }],
    ['dora', { initLoraWeights: 'pissa' }],
    ['lokr', { decomposeBoth: true, decomposeFactor: 5, rank: 1 }],
    ['ia3', { targetModules: ['dense'], feedforwardModules: ['output.dense'] }],
    ['dora+vera', {}],
    ['lomap', {}],
    ['lomap', map({ baseScope: 'row', deltaScope: 'row', epsilonMode: 'clamp' })],
    ['lomap', map({ baseScope: 'none', deltaScope: 'none', parametrization: 'relative' })],
    ['lomap', map({ deltaScope: 'row', beta: 'frozen', alpha: 'frozen' })],
    ['map+delora', {}],
    ['map+edora', {}],
    ['lotr', {}],
    ['map+lotr', {}],
  ])('%s %j', (name, changes) => {
    const adapter = trained(name, changes);
    const read = readAdapter(tinyModel, withoutBlock(peftFiles(adapter)), { block: null, ...paths });
    expect(read.settings.name).not.toMatch(/map|\+/);
    expect(difference(adapter, read)).toBeLessThan(2e-6);
  });

  test('an α below 0 too', () => {
    const adapter = trained('lomap');
    adapt(tinyModel, adapter.settings).specs.forEach(({ name }, i) => {
      if (name.endsWith('map_alpha')) adapter.params[i] = adapter.params[i]!.map((alpha) => -alpha);
    });
    const read = readAdapter(tinyModel, withoutBlock(peftFiles(adapter)), { block: null, ...paths });
    expect(difference(adapter, read)).toBeLessThan(2e-6);
  });
});

describe('a plain LoRA', () => {
  const clamped = { ...defaultMapSettings, epsilonMode: 'clamp', alpha: 'frozen' } as const;
  test.each<[string, Partial<MethodSettings>]>([
    ['lora', {}],
    ['vera', {}],
    ['delora', {}],
    ['adalora', {}],
    ['lora', { initLoraWeights: 'pissa' }],
    ['lomap', { map: clamped }],
    ['lomap', { map: { ...clamped, deltaScope: 'row' } }],
  ])('of %s %j is the same weights, and nothing else is in the file', (name, changes) => {
    const adapter = trained(name, changes);
    const files = loraFiles(adapter);
    expect(files.config).not.toHaveProperty('lomap');
    expect([...files.tensors.keys()].every((key) => /lora_[AB]\.weight$|pooler|classifier/.test(key))).toBe(true);
    const read = readAdapter(tinyModel, files, { block: null, ...paths });
    expect(read.settings.name).toBe('lora');
    expect(difference(adapter, read)).toBeLessThan(2e-6);
  });

  test.each([
    ['lomap', 'W is multiplied by'],
    ['dora', 'W is multiplied by'],
    ['loha', 'no product of two factors'],
    ['ia3', 'adds no update'],
  ])('%s is none', (name, reason) => {
    expect(() => loraFiles(trained(name))).toThrow(reason);
  });
});

test.each<[string, Partial<MethodSettings>, string]>([
  ['lomap', { map: { ...defaultMapSettings, deltaScope: 'column' } }, "deltaScope column scales the update's columns"],
  ['lomap', { map: { ...defaultMapSettings, baseScope: 'both' } }, "baseScope both scales W's columns"],
  ['bora', {}, 'its composition bora is no scaling of rows'],
  ['map+loha', {}, 'its update loha is no product of two factors'],
  ['bitfit', {}, 'it adds no update'],
])('%s %j has no form of PEFT: the reason is said, and the exact file is LoMAP’s alone', (name, changes, reason) => {
  const adapter = trained(name, changes);
  expect(() => peftFiles(adapter)).toThrow(reason);
  expect(adapterFiles(adapter).config['peft_type']).toBe('LOMAP');
});

test('a row that is all zero has no DoRA, whose norm divides', () => {
  const zeros = (name: string): Float32Array => {
    const values = tinyModel.read(name);
    return name.endsWith('0.query.weight') ? values.map((value, i) => (i < 5 ? 0 : value)) : values;
  };
  const adapter = trained('lomap');
  const { specs } = adapt(tinyModel, adapter.settings);
  const params = adapter.params.map((values, i) =>
    specs[i]!.name.endsWith('lora_B') ? values.map((v, k) => (k < 2 ? 0 : v)) : values,
  );
  expect(() => peftFiles({ ...adapter, params, model: { ...tinyModel, read: zeros } })).toThrow(
    'row 0 of the adapted weight is all zero',
  );
});
