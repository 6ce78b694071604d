/** What is refused of an adapter's files where no base model is at hand. */
import { describe, expect, test } from '@jest/globals';
import { defaultMapSettings } from '@lomap/map';
import { methodNames } from '../registry.ts';
import type { MethodSettings } from '../settings.ts';
import { tinyModel } from '../testing/tiny-model.ts';
import { blockOf, paths, trained, withoutBlock } from '../testing/trained.ts';
import { readAlone } from './alone.ts';
import type { AdapterFiles, FileTensor } from './types.ts';
import { adapterFiles } from './write.ts';

const ours = (files: AdapterFiles) => () => readAlone(files, { block: blockOf(files), ...paths, head: tinyModel.head });
const theirs = (files: AdapterFiles) => () => readAlone(files, { block: null, ...paths, head: tinyModel.head });
const columns = { map: { ...defaultMapSettings, baseScope: 'column' } } as const;

test.each<[string, Partial<MethodSettings>]>([
  ...methodNames().map((name): [string, object] => [name, {}]),
  ...['lomap', 'map+vera', 'map+lokr', 'map+delora', 'map+lotr'].map((name): [string, object] => [name, columns]),
  ['lora', { initLoraWeights: 'pissa', targetModules: 'encoder.*query' }],
  ['lokr', { decomposeBoth: true, decomposeFactor: 5, rank: 1 }],
  ['ia3', { targetModules: ['dense'], feedforwardModules: ['output.dense'] }],
])('%s %j is right, and so is what PEFT sees of it', (name, changes) => {
  const files = adapterFiles(trained(name, changes));
  expect(ours(files)).not.toThrow();
  if (files.config['peft_type'] !== 'LOMAP') expect(theirs(withoutBlock(files))).not.toThrow();
});

const query = 'base_model.model.encoder.layer.0.query';
const ones = (...shape: number[]): FileTensor => ({
  shape,
  data: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(1),
});
type Change = (all: Map<string, FileTensor>) => unknown;

function changed(name: string, config: object, change: Change = () => null): AdapterFiles {
  const files = adapterFiles(trained(name));
  const tensors = new Map(files.tensors);
  change(tensors);
  return { config: { ...files.config, ...config }, tensors };
}

describe('a file of PEFT’s', () => {
  test.each<[string, object, Change, string]>([
    [
      'unknown type',
      { peft_type: 'BOFT' },
      () => 0,
      'adapter_config.json has peft_type "BOFT"; read are ADALORA, DELORA, IA3, LOHA, LOKR, LORA, VERA.',
    ],
    ['unknown setting', { use_new_thing: true }, () => 0, 'use_new_thing true is not supported'],
    ['another rank', { r: 77 }, () => 0, 'lora_A.weight has shape [2, 5], but its rank is 77'],
    [
      'a pattern of nothing',
      { rank_pattern: { zzz: 3 } },
      () => 0,
      'rank_pattern "zzz" matches none of the 4 adapted modules',
    ],
    ['targets of nothing', { target_modules: ['q_proj'] }, () => 0, '["q_proj"] match none of the 4 linear modules'],
    [
      'a module that is no target',
      { target_modules: ['query'] },
      () => 0,
      'output.dense.lora_A.weight [2, 6] belongs to nothing',
    ],
    [
      'half a pair',
      {},
      (all) => all.delete(`${query}.lora_A.weight`),
      `${query}.lora_A.weight is missing beside ${query}.lora_B.weight`,
    ],
    [
      'half a pair of another module',
      {},
      (all) => all.set('base_model.model.foo.lora_A.weight', ones(2, 5)),
      'foo.lora_B.weight is missing',
    ],
    [
      'ranks of a pair that differ',
      {},
      (all) => all.set(`${query}.lora_B.weight`, ones(5, 3)),
      'lora_B.weight has shape [5, 3], but its rank is 2',
    ],
    [
      'one dimension',
      {},
      (all) => all.set(`${query}.lora_A.weight`, ones(10)),
      'lora_A.weight has shape [10]; expected 2 dimensions',
    ],
    [
      'no dimension',
      {},
      (all) => all.set('base_model.model.classifier.weight', ones(0, 5)),
      'classifier.weight has shape [0, 5]',
    ],
    [
      'half a head',
      {},
      (all) => all.delete('base_model.model.classifier.weight'),
      'classifier.weight is missing beside',
    ],
    [
      'a tensor of no adapter',
      {},
      (all) => all.set('other.weight', ones(2)),
      'other.weight [2] is no tensor of an adapter',
    ],
    [
      'a tensor of the model',
      {},
      (all) => all.set('base_model.model.norm.weight', ones(2)),
      'belongs to nothing that the adapter adapts, nor',
    ],
    [
      'none at all',
      {},
      (all) => [...all.keys()].filter((key) => key.includes('lora_')).map((key) => all.delete(key)),
      'holds no tensor of an adapter',
    ],
    [
      'NaN',
      {},
      (all) => all.set(`${query}.lora_A.weight`, { shape: [2, 5], data: ones(2, 5).data.fill(NaN, 3) }),
      'has NaN at 3',
    ],
  ])('%s', (_, config, change, message) => {
    expect(theirs(withoutBlock(changed('lora', config, change)))).toThrow(message);
  });

  test.each<[string, object, Change, string]>([
    ['vera', {}, (all) => all.delete('base_model.vera_A'), 'base_model.vera_A is missing'],
    ['vera', { r: 1e9 }, () => 0, 'base_model.vera_A has shape [2, 6]; expected [1000000000, 6]'],
    ['delora', {}, (all) => all.delete(`${query}.delora_w_norm`), 'delora_w_norm is missing; expected shape [5]'],
    ['ia3', { feedforward_modules: ['nothing'] }, () => 0, 'ia3_l has shape'],
    ['adalora', { init_r: 1e9 }, () => 0, 'lora_E has shape [3, 1], but init_r is 1000000000'],
  ])('of type %s %j', (name, config, change, message) => {
    expect(theirs(withoutBlock(changed(name, config, change)))).toThrow(message);
  });
});

describe('a file with our block', () => {
  test.each<[string, object, Change, string]>([
    ['lora', { peft_type: 'BOFT' }, () => 0, 'peft_type is "BOFT"; expected "LORA"'],
    ['lora', { r: 77, rank_pattern: { zzz: 3 } }, () => 0, 'r is 77; expected 2'],
    ['lomap', { peft_type: 'BOFT' }, () => 0, 'peft_type is "BOFT"; expected "LORA"'],
    ['lomap', { r: 77 }, () => 0, 'but its rank is 77'],
    [
      'lomap',
      {},
      (all) => all.delete('lomap.encoder.layer.0.query.map_alpha'),
      'lomap.encoder.layer.0.query.map_alpha is missing',
    ],
    ['lomap', {}, (all) => all.delete(`${query}.lora_magnitude_vector`), 'lora_magnitude_vector is missing'],
    ['bora', {}, (all) => all.delete('lomap.encoder.layer.0.query.lora_A'), 'query.lora_A'],
    ['bora', {}, (all) => all.set(`${query}.lora_A.weight`, ones(2, 5)), 'HF PEFT has no such adapter'],
    [
      'map+loha',
      {},
      (all) => all.set('lomap.encoder.layer.0.query.map_alpha', ones(5)),
      'map_alpha has shape [5]; expected []',
    ],
  ])('%s %j', (name, config, change, message) => {
    expect(ours(changed(name, config, change))).toThrow(message);
  });
});
