/** Files with our block whose other half, which HF PEFT reads, is not the same adapter. */
import { describe, expect, test } from '@jest/globals';
import { tinyModel } from '../testing/tiny-model.ts';
import { blockOf, difference, paths, trained } from '../testing/trained.ts';
import { readAdapter } from './read.ts';
import type { AdapterFiles, FileTensor } from './types.ts';
import { adapterFiles } from './write.ts';

type Tensors = Map<string, FileTensor>;
const query = 'base_model.model.encoder.layer.0.query';
const factor = `${query}.lora_A.weight`;

function changed(name: string, config: object, change: (all: Tensors) => unknown = () => null): AdapterFiles {
  const files = adapterFiles(trained(name));
  const tensors: Tensors = new Map(files.tensors);
  change(tensors);
  return { config: { ...files.config, ...config }, tensors };
}
const edited = (key: string, change: (data: Float32Array) => Float32Array) => (all: Tensors) => {
  const { shape, data } = all.get(key)!;
  return all.set(key, { shape, data: change(data) });
};
const without = (part: string) => (all: Tensors) => {
  for (const key of all.keys()) if (key.startsWith('base_model') && key.includes(part)) all.delete(key);
};
const read = (files: AdapterFiles) => readAdapter(tinyModel, files, { block: blockOf(files), ...paths });

describe('HF PEFT’s half of a file with our block', () => {
  test.each<[string, AdapterFiles, readonly string[]]>([
    [
      'another type',
      changed('lora', { peft_type: 'BOFT' }),
      ['adapter_config.json', 'peft_type is "BOFT"; expected "LORA"'],
    ],
    [
      'another rank and a pattern',
      changed('lora', { r: 77, rank_pattern: { zzz: 3 } }),
      ['r is 77; expected 2', 'rank_pattern is {"zzz":3}; expected {}'],
    ],
    ['another scaling', changed('lomap', { lora_alpha: 3 }), ['lora_alpha is 3; expected 2']],
    ['other modules', changed('lomap', { target_modules: ['query'] }), ['target_modules is ["query"]; expected']],
    [
      'modules left out',
      changed('lora', { exclude_modules: ['query'] }),
      ['exclude_modules is ["query"]; expected no such key'],
    ],
    [
      'a head that is not said',
      changed('lomap', { modules_to_save: null }),
      ['modules_to_save is null; expected ["pooler"'],
    ],
    ['ours alone, by its type', changed('lora', { peft_type: 'LOMAP' }), ['peft_type is "LOMAP"; expected "LORA"']],
    ['PEFT’s, by its type', changed('bora', { peft_type: 'LORA' }), ['peft_type is "LORA"; expected "LOMAP"']],
    [
      'no tensor of it',
      changed('lomap', {}, without('.lora_')),
      ['adapter_model.safetensors', `${factor} is missing; expected shape [2, 5]`],
    ],
    ['one missing', changed('lomap', {}, (all) => all.delete(factor)), [`${factor} is missing`]],
    ['no projection', changed('vera', {}, without('vera_A')), ['base_model.vera_A is missing; expected shape [2, 6]']],
    [
      'one zeroed',
      changed(
        'lomap',
        {},
        edited(factor, (data) => data.map(() => 0)),
      ),
      [`${factor} has 0 at 0; by LoMAP's own tensors it is`],
    ],
    [
      'one value of one a little off',
      changed(
        'lomap',
        {},
        edited(`${query}.lora_magnitude_vector`, (data) => data.map((v, i) => (i === 4 ? v * 1.001 : v))),
      ),
      [`${query}.lora_magnitude_vector has`, 'at 4;'],
    ],
    [
      'one of another shape',
      changed('lomap', {}, (all) => all.set(factor, { shape: [5, 2], data: all.get(factor)!.data })),
      [`${factor} has shape [5, 2]; expected [2, 5]`],
    ],
    [
      'one too many',
      changed('lora', {}, (all) =>
        all.set(`${query}.lora_magnitude_vector`, { shape: [5], data: new Float32Array(5) }),
      ),
      [`${query}.lora_magnitude_vector belongs to nothing`],
    ],
    [
      'DeLoRA’s norms',
      changed(
        'delora',
        {},
        edited(`${query}.delora_w_norm`, (data) => data.map((v) => v * 2)),
      ),
      [`${query}.delora_w_norm has`],
    ],
  ])('%s is refused, with key, expectation and remedy', (_, files, messages) => {
    for (const message of [...messages, 'take the block "lomap" out']) expect(() => read(files)).toThrow(message);
  });

  test('of a file that is ours alone holds no tensor', () => {
    const files = changed('bora', {}, (all) => all.set(factor, { shape: [2, 5], data: new Float32Array(10) }));
    expect(() => read(files)).toThrow(`${factor} [2, 5] belongs to nothing`);
  });

  test('may have other names and dropout, and be rounded otherwise; our tensors come back bit for bit', () => {
    const adapter = trained('lomap');
    const names = {
      base_model_name_or_path: 'elsewhere',
      inference_mode: false,
      lora_dropout: 0.1,
      peft_version: '0.21',
    };
    const files = changed(
      'lomap',
      { ...names, lora_bias: false },
      edited(factor, (data) => data.map((v) => v * (1 + 3e-7))),
    );
    expect(read(files).params).toEqual(adapter.params);
  });

  test('is what is read where the block is taken out, as a note says', () => {
    const { config, tensors } = adapterFiles(trained('lomap'));
    const { lomap: _, ...rest } = config;
    const found = readAdapter(tinyModel, { config: rest, tensors }, { block: null, ...paths });
    expect(found.settings.name).toBe('dora');
    expect(found.notes.join()).toContain(
      'holds LoMAP\'s tensors too; without their block "lomap" in adapter_config.json',
    );
    expect(difference(trained('lomap'), found)).toBeLessThan(2e-6);
  });
});
