/** Adapters of HF PEFT's that change modules of the task head: read as the head's adapted weights. */
import { describe, expect, test } from '@jest/globals';
import { key, normal, sizeOf } from '@lomap/compile';
import { adapt } from '../adapt.ts';
import { methodDefaults } from '../registry.ts';
import type { MethodSettings } from '../settings.ts';
import { tinyModel } from '../testing/tiny-model.ts';
import { paths, withoutBlock } from '../testing/trained.ts';
import type { BaseModel } from '../types.ts';
import { readAlone } from './alone.ts';
import { readAdapter, type ReadAdapter } from './read.ts';
import type { AdapterFiles, FileTensor } from './types.ts';
import { peftFiles } from './write.ts';

const base = { name: 'tiny', type: 'bert', sha256: 'ab'.repeat(32) };
/** To PEFT a head is a module like any other. */
const headless: BaseModel = { ...tinyModel, head: [] };
const everywhere = ['query', 'output.dense', 'pooler.dense', 'classifier'];

/** A file of PEFT's that adapts these modules, and the weights that PEFT makes of it. */
function ofPeft(name: string, changes: Partial<MethodSettings> = {}) {
  const defaults = methodDefaults(name);
  const settings: MethodSettings = {
    ...defaults,
    ...(defaults.rank !== null && { rank: 2 }),
    targetModules: everywhere,
    ...changes,
  };
  const adaptation = adapt(headless, settings);
  const params = adaptation.specs.map((spec) => {
    const noise = normal(key(4, spec.name), sizeOf(spec.shape), 0, 0.3);
    return spec.init(key(2)).map((value, i) => value + noise[i]!);
  });
  return {
    files: withoutBlock(peftFiles({ model: headless, settings, params, base })),
    merged: adaptation.merge(params),
  };
}

const read = (files: AdapterFiles): ReadAdapter => readAdapter(tinyModel, files, { block: null, ...paths });

/** The largest difference of the weights that the adapter comes to here. */
function difference(found: ReadAdapter, merged: ReadonlyMap<string, Float32Array>): number {
  const ours = adapt(tinyModel, found.settings).merge(found.params);
  let worst = 0;
  for (const [name, values] of merged) {
    expect([...ours.keys()]).toContain(name);
    values.forEach((value, i) => (worst = Math.max(worst, Math.abs(value - ours.get(name)![i]!))));
  }
  return worst;
}

describe('pooler and classifier by the adapter', () => {
  test.each<[string, Partial<MethodSettings>]>([
    ...['lora', 'dora', 'adalora', 'loha', 'delora', 'vera'].map((name): [string, object] => [name, {}]),
    ['lokr', { rank: 1, decomposeBoth: true }],
    ['lora', { useRslora: true }],
    ['ia3', { feedforwardModules: ['output.dense', 'pooler.dense'] }],
    ['lora', { targetModules: ['pooler.dense'] }],
    ['dora', { targetModules: ['classifier'] }],
  ])('%s %j is the same weights', (name, changes) => {
    const { files, merged } = ofPeft(name, changes);
    const found = read(files);
    const adapted = (changes.targetModules as string[] | undefined) ?? everywhere;
    expect(found.headAdapted).toEqual(['pooler.dense', 'classifier'].filter((path) => adapted.includes(path)));
    expect(found.headOfBase).toEqual(['pooler.dense', 'classifier'].filter((path) => !adapted.includes(path)));
    // What only the head is adapted of is a head that was trained.
    expect(found.settings.name).toBe(adapted.includes('query') ? name : 'head');
    expect(difference(found, merged)).toBeLessThan(1e-6);
    const where = { block: null, ...paths, head: tinyModel.head };
    expect(readAlone(files, where).settings).toEqual(found.settings);
  });

  test('a rank and a scaling of the head’s own leave the others theirs', () => {
    const patterns = { rank_pattern: { 'pooler.dense': 4 }, alpha_pattern: { classifier: 3 } };
    const widened = adapt(headless, { ...methodDefaults('lora'), rank: 4, targetModules: ['pooler.dense'] });
    const { files, merged } = ofPeft('lora');
    const factors = widened.specs.map(({ name, shape }): [string, FileTensor] => [
      `base_model.model.${name}.weight`,
      { shape, data: normal(key(5, name), sizeOf(shape)) },
    ]);
    const scale = methodDefaults('lora').loraAlpha!;
    const tensors = new Map([...files.tensors, ...factors]);
    const found = read({ config: { ...files.config, ...patterns }, tensors });
    expect(found.settings).toMatchObject({ rank: 2, loraAlpha: scale, adapterDropout: 0 });
    const expected = new Map(merged);
    for (const entry of widened.merge(factors.map(([, { data }]) => data))) expected.set(...entry);
    const weight = tinyModel.read('classifier.weight');
    const plain = merged.get('classifier.weight')!;
    expected.set(
      'classifier.weight',
      plain.map((value, i) => weight[i]! + ((value - weight[i]!) * 3) / scale),
    );
    expect(difference(found, expected)).toBeLessThan(1e-6);
  });

  test('a module that modules_to_save holds in full is not adapted', () => {
    const { files } = ofPeft('lora', { targetModules: ['query', 'classifier'] });
    const pooler: [string, FileTensor][] = [
      ['base_model.model.pooler.dense.weight', { shape: [5, 5], data: new Float32Array(25).fill(0.5) }],
      ['base_model.model.pooler.dense.bias', { shape: [5], data: new Float32Array(5).fill(0.25) }],
    ];
    const changes = { modules_to_save: ['pooler'], target_modules: ['query', 'pooler.dense', 'classifier'] };
    const found = read({ config: { ...files.config, ...changes }, tensors: new Map([...files.tensors, ...pooler]) });
    expect([found.headAdapted, found.headOfBase]).toEqual([['classifier'], []]);
    expect(adapt(tinyModel, found.settings).merge(found.params).get('pooler.dense.bias')).toEqual(pooler[1]![1].data);
  });

  test('in layers that are chosen, only where the path is named in full, as in PEFT', () => {
    const { files, merged } = ofPeft('lora', { targetModules: ['encoder.layer.1.query', 'pooler.dense'] });
    const chosen = { layers_to_transform: [1], target_modules: ['query', 'pooler.dense'] };
    const found = read({ ...files, config: { ...files.config, ...chosen } });
    expect(found.headAdapted).toEqual(['pooler.dense']);
    expect(found.settings.targetModules).toEqual(['encoder.layer.1.query']);
    expect(difference(found, merged)).toBeLessThan(1e-6);
  });

  test('values that leave float32 are refused, with the weight’s name', () => {
    const { files } = ofPeft('lora');
    const name = 'base_model.model.classifier.lora_B.weight';
    const { shape, data } = files.tensors.get(name)!;
    const tensors = new Map([...files.tensors, [name, { shape, data: data.map(() => 3e38) }]]);
    expect(() => read({ ...files, tensors })).toThrow(/by its adapter classifier\.weight would hold -?Infinity at \d/);
  });
});
