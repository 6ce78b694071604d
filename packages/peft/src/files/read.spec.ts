/** Files that are not right, and those of PEFT that say it otherwise than our settings. */
import { describe, expect, test } from '@jest/globals';
import { adapt } from '../adapt.ts';
import { tinyModel } from '../testing/tiny-model.ts';
import { difference, paths, trained, withoutBlock } from '../testing/trained.ts';
import { readAdapter } from './read.ts';
import type { AdapterFiles, FileTensor } from './types.ts';
import { adapterFiles, peftFiles } from './write.ts';

describe('files that are not right', () => {
  const good = withoutBlock(peftFiles(trained('lora')));
  const query = 'base_model.model.encoder.layer.0.query.lora_A.weight';
  const read = (files: AdapterFiles) => () => readAdapter(tinyModel, files, { block: null, ...paths });
  const config = (changes: object): AdapterFiles => ({ ...good, config: { ...good.config, ...changes } });
  const tensors = (change: (all: Map<string, FileTensor>) => unknown): AdapterFiles => {
    const all = new Map(good.tensors);
    change(all);
    return { ...good, tensors: all };
  };
  /** The adapter on the classifier too, beside what the file holds of it in full. */
  const head = (...[a, b]: [number, number][]): AdapterFiles => {
    const zeros = (shape: readonly number[]): FileTensor => ({ shape, data: new Float32Array(shape[0]! * shape[1]!) });
    const changes = { modules_to_save: null, target_modules: ['classifier', 'query', 'output.dense'] };
    const name = 'base_model.model.classifier';
    const more = [[`${name}.lora_A.weight`, zeros(a!)] as const, [`${name}.lora_B.weight`, zeros(b!)] as const];
    return { config: { ...good.config, ...changes }, tensors: new Map([...good.tensors, ...more]) };
  };
  test.each<[string, AdapterFiles, string]>([
    ['missing tensor', tensors((all) => all.delete(query)), `${query} is missing; expected shape [2, 5]`],
    [
      'extra tensor',
      tensors((all) => all.set('base_model.model.other.lora_A.weight', good.tensors.get(query)!)),
      'base_model.model.other.lora_A.weight [2, 5] belongs to nothing',
    ],
    [
      'wrong shape',
      tensors((all) => all.set(query, { shape: [2, 7], data: new Float32Array(14) })),
      `${query} has shape [2, 7]; expected [2, 5]`,
    ],
    [
      'wrong rank',
      tensors((all) => all.set(query, { shape: [3, 5], data: new Float32Array(15) })),
      'but its rank is 2',
    ],
    [
      'NaN',
      tensors((all) => all.set(query, { shape: [2, 5], data: new Float32Array(10).fill(NaN, 3) })),
      `${query} has NaN at 3`,
    ],
    [
      'a head that is promised',
      tensors((all) => all.delete('base_model.model.classifier.weight')),
      'classifier.weight is missing',
    ],
    [
      'unknown peft_type',
      config({ peft_type: 'BOFT' }),
      'has peft_type "BOFT"; read are ADALORA, DELORA, IA3, LOHA, LOKR, LORA, VERA.',
    ],
    ['no peft_type', config({ peft_type: null }), 'names no peft_type'],
    ['another base', config({ target_modules: ['q_proj'] }), 'Is the adapter of another base model?'],
    [
      'an adapted module of the head that the file holds in full too',
      head([2, 5], [3, 2]),
      'classifier.weight [3, 5] belongs to nothing that the adapter adapts',
    ],
    [
      'an adapted head of another shape',
      head([2, 5], [4, 2]),
      'classifier.lora_B.weight has shape [4, 2]; expected [3, 2]',
    ],
    [
      'rank pattern of nothing',
      config({ rank_pattern: { q_proj: 4 } }),
      'rank_pattern "q_proj" matches none of the 4 adapted modules',
    ],
    ['alpha pattern of nothing', config({ alpha_pattern: { 'layer.9': 4 } }), 'alpha_pattern "layer.9" matches none'],
    ['biases', config({ bias: 'all' }), 'bias "all" is not supported'],
    [
      'settings that nobody knows',
      config({ use_new_thing: true, lora_bias: true }),
      'use_new_thing true is not supported',
    ],
    ['a changed base', config({ init_lora_weights: 'olora' }), 'init_lora_weights "olora" changes the base'],
    ['a rank in words', config({ r: 'two' }), 'r is "two"; expected a number'],
    ['a rank below 1', config({ r: -1 }), 'adapter_config.json: r is -1; expected a whole number of at least 1'],
    [
      'a pattern’s rank below 1',
      config({ rank_pattern: { query: 0.5 } }),
      'rank_pattern gives encoder.layer.0.query the rank 0.5',
    ],
    ['no scaling', config({ lora_alpha: 0 }), 'adapter_config.json: lora_alpha is 0; expected a number > 0'],
    ['a pattern’s scaling', config({ alpha_pattern: { query: -2 } }), 'alpha_pattern gives encoder.layer.0.query -2'],
    ['dropout of all', config({ lora_dropout: 2 }), 'lora_dropout is 2; expected a number of at least 0 and below 1'],
  ])('%s: one message', (_, files, message) => {
    expect(read(files)).toThrow(message);
  });

  test.each<[string, object, string]>([
    ['delora', { delora_lambda: -3 }, 'delora_lambda is -3; expected a number > 0'],
    ['delora', { module_dropout: 1 }, 'module_dropout is 1; expected a number of at least 0 and below 1'],
    ['vera', { d_initial: 0 }, 'd_initial is 0; expected a number other than 0'],
    ['loha', { alpha: -1 }, 'alpha is -1; expected a number > 0'],
    ['lokr', { decompose_factor: 0 }, 'decompose_factor is 0; expected a whole number of at least 1, or -1'],
    ['adalora', { init_r: -2 }, 'init_r is -2; expected a whole number of at least 1'],
    ['adalora', { target_r: 0 }, 'target_r is 0; expected a whole number of at least 1'],
    // 30000² float32 would be 3.6 GB: refused before anything of that size is made.
    ['adalora', { init_r: 30_000 }, 'lora_E has shape [3, 1], but init_r is 30000 by adapter_config.json'],
    ['adalora', { init_r: 1e9 }, 'lora_E has shape [3, 1], but init_r is 1000000000'],
  ])('%s %j: the message names the file’s key', (name, changes, message) => {
    const files = withoutBlock(peftFiles(trained(name)));
    expect(read({ ...files, config: { ...files.config, ...changes } })).toThrow(message);
  });

  test('DeLoRA of a base with other norms', () => {
    const files = withoutBlock(peftFiles(trained('delora')));
    const other = { ...tinyModel, read: (name: string) => tinyModel.read(name).map((value) => value * 1.5) };
    expect(() => readAdapter(other, files, { block: null, ...paths })).toThrow('of another base model');
  });
});

describe('ranks and scalings that differ by matrix', () => {
  const adapter = trained('lora');
  const good = withoutBlock(peftFiles(adapter));
  const narrow = (key: string, { shape, data }: FileTensor): FileTensor => {
    if (!key.includes('layer.1.query')) return { shape, data };
    if (key.endsWith('lora_A.weight')) return { shape: [1, shape[1]!], data: data.subarray(0, shape[1]) };
    return { shape: [shape[0]!, 1], data: data.filter((_, i) => i % 2 === 0) };
  };

  test('are read as one rank and scaling with the same weights', () => {
    const config = { ...good.config, rank_pattern: { 'layer.1.query': 1 }, alpha_pattern: { 'output.dense': 3 } };
    const tensors = new Map([...good.tensors].map(([key, tensor]) => [key, narrow(key, tensor)]));
    const read = readAdapter(tinyModel, { config, tensors }, { block: null, ...paths });
    expect(read.settings).toMatchObject({ name: 'lora', rank: 2, loraAlpha: 2 });
    expect(read.notes).toHaveLength(1);
    // By hand: W + (α/r) BA of each matrix by its own rank and α.
    const merged = adapt(tinyModel, read.settings).merge(read.params);
    for (const [path, rank, alpha] of [
      ['encoder.layer.1.query', 1, 16],
      ['encoder.layer.1.output.dense', 2, 3],
    ] as const) {
      const [a, b] = ['A', 'B'].map((which) => tensors.get(`base_model.model.${path}.lora_${which}.weight`)!);
      const [out, columns] = [b!.shape[0]!, a!.shape[1]!];
      const w = tinyModel.read(`${path}.weight`);
      for (let o = 0; o < out; o++) {
        for (let i = 0; i < columns; i++) {
          let sum = w[o * columns + i]!;
          for (let r = 0; r < rank; r++) sum += (alpha / rank) * b!.data[o * rank + r]! * a!.data[r * columns + i]!;
          expect(merged.get(`${path}.weight`)![o * columns + i]).toBeCloseTo(sum, 5);
        }
      }
    }
  });

  test('a pattern that gives all matrices one rank is that rank', () => {
    const config = { ...good.config, r: 8, rank_pattern: { '.*': 2 } };
    const read = readAdapter(tinyModel, { ...good, config }, { block: null, ...paths });
    expect(read.settings).toMatchObject({ rank: 2, loraAlpha: 16 });
    expect(read.params).toEqual(adapter.params);
  });
});

describe('AdaLoRA’s ranks that were taken away', () => {
  const adapter = trained('adalora');
  const { config, tensors } = withoutBlock(peftFiles(adapter));
  const path = 'encoder.layer.1.query';
  const key = (local: string): string => `base_model.model.${path}.${local}`;
  const cut = new Map(tensors);
  const of = (local: string): FileTensor => tensors.get(key(local))!;
  // Rank 1 of 0, 1, 2 is gone, from the file too.
  cut.set(key('lora_A'), {
    shape: [2, 5],
    data: Float32Array.from([...of('lora_A').data.subarray(0, 5), ...of('lora_A').data.subarray(10)]),
  });
  cut.set(key('lora_E'), { shape: [2, 1], data: Float32Array.of(of('lora_E').data[0]!, of('lora_E').data[2]!) });
  cut.set(key('lora_B'), { shape: [5, 2], data: of('lora_B').data.filter((_, i) => i % 3 !== 1) });
  const read = (pattern: object) =>
    readAdapter(tinyModel, { config: { ...config, rank_pattern: pattern }, tensors: cut }, { block: null, ...paths });

  test('come back as zeros at their places', () => {
    const { settings, params } = read({ [`model.${path}.lora_E`]: [true, false, true] });
    const same = {
      ...adapter,
      params: adapter.params.map((values, i) => values.map((value, k) => (i === at('lora_E') && k === 1 ? 0 : value))),
    };
    expect(settings).toMatchObject({ name: 'adalora', initR: 3, rank: 2 });
    expect(difference(same, { settings, params })).toBeLessThan(1e-6);
  });
  const at = (local: string): number =>
    adapt(tinyModel, adapter.settings).specs.findIndex(({ name }) => name === `${path}.${local}`);

  test.each([
    [{}, 'lora_E has shape [2, 1], but init_r is 3 by adapter_config.json'],
    [{ [`${path}.lora_E`]: [true, false, false] }, 'its rank pattern leaves 1 of 3'],
    [{ [`${path}.lora_E`]: [true, true] }, 'no list of 3 (init_r) values'],
    [{ 'encoder.layer.7.query.lora_E': [true, false, true] }, 'matches none of the 4 adapted modules'],
  ])('%j is refused', (pattern, message) => {
    expect(() => read(pattern)).toThrow(message);
  });
});

test('a head that the file lacks is the base’s', () => {
  const { config, tensors } = withoutBlock(peftFiles(trained('lora')));
  const kept = new Map([...tensors].filter(([key]) => !key.includes('pooler')));
  const files = { config: { ...config, modules_to_save: ['classifier', 'score'] }, tensors: kept };
  const read = readAdapter(tinyModel, files, { block: null, ...paths });
  expect(read.headOfBase).toEqual(['pooler.dense']);
  const at = adapt(tinyModel, read.settings).specs.findIndex(({ name }) => name === 'pooler.dense.weight');
  expect(read.params[at]).toEqual(tinyModel.read('pooler.dense.weight'));
});

test('values that are not finite are not written', () => {
  const adapter = trained('lora');
  adapter.params[0]![2] = Infinity;
  expect(() => adapterFiles(adapter)).toThrow('lora_A has Infinity at 2');
});
