/** What PEFT's configurations name, and how our settings say the same. */
import { describe, expect, test } from '@jest/globals';
import { tinyModel } from '../testing/tiny-model.ts';
import { difference, paths, trained, withoutBlock } from '../testing/trained.ts';
import { readAdapter, type ReadAdapter } from './read.ts';
import type { AdapterFiles } from './types.ts';
import { peftFiles } from './write.ts';

const read = (files: AdapterFiles): ReadAdapter => readAdapter(tinyModel, files, { block: null, ...paths });

describe('names of target_modules', () => {
  const adapter = trained('lora', { targetModules: ['query', 'output.dense', 'wide.dense'] });
  const good = withoutBlock(peftFiles(adapter));
  const every = tinyModel.linears.map(({ path }) => path).filter((path) => path.startsWith('encoder.'));
  test.each<[string, object, readonly string[]]>([
    ['are kept where each names a module', {}, ['query', 'output.dense', 'wide.dense']],
    ['are kept where one names a module of the head too', { target_modules: ['query', 'dense'] }, ['query', 'dense']],
    // What PEFT makes of all-linear with the pooler in modules_to_save: the pooler is named, and not adapted.
    ['become paths where one is of the head alone', { target_modules: ['query', 'dense', 'pooler.dense'] }, every],
    ['become paths where one matches nothing', { target_modules: ['query', 'dense', 'q_proj'] }, every],
    ['become paths of all-linear', { target_modules: 'all-linear' }, every],
  ])('%s', (_, changes, expected) => {
    const found = read({ ...good, config: { ...good.config, ...changes } });
    expect(found.settings.targetModules).toEqual(expected);
    expect(difference(adapter, found)).toBe(0);
  });

  test('become paths where another rule leaves modules out', () => {
    const [query0, , , query1] = every;
    const { config, tensors } = withoutBlock(peftFiles(trained('lora', { targetModules: [query1!] })));
    for (const rule of [{ exclude_modules: [query0] }, { layers_to_transform: [1] }]) {
      const found = read({ config: { ...config, target_modules: ['query'], ...rule }, tensors });
      expect(found.settings.targetModules).toEqual([query1]);
    }
  });

  test('stay as they are where a rule leaves out none of them', () => {
    const found = read({ ...good, config: { ...good.config, exclude_modules: ['classifier'] } });
    expect(found.settings.targetModules).toEqual(['query', 'output.dense', 'wide.dense']);
  });
});

test.each([
  ['target_modules', { target_modules: '([a-z.0-9_]+)+X' }],
  ['exclude_modules', { exclude_modules: '([a-z.0-9_]+)+X' }],
  ['rank_pattern', { rank_pattern: { '([a-z.0-9_]+)+X': 2 } }],
  ['alpha_pattern', { alpha_pattern: { '.*.*.*.*.*.*.*.*.*.*X': 2 } }],
])('%s whose expression backtracks is one error that names file and key', (key, changes) => {
  const { config, tensors } = withoutBlock(peftFiles(trained('lora')));
  expect(() => read({ config: { ...config, ...changes }, tensors })).toThrow(
    new RegExp(`^adapter_config\\.json: ${key} ".*X" is not matched within \\d+ ms`),
  );
});

test('an expression that is none', () => {
  const { config, tensors } = withoutBlock(peftFiles(trained('lora')));
  expect(() => read({ config: { ...config, target_modules: '(query' }, tensors })).toThrow(
    'adapter_config.json: target_modules "(query" is not a regular expression: Unterminated group. Python and JavaScript differ',
  );
});

test('LoMAP’s tensors without their block are passed over, with a note', () => {
  const { config, tensors } = peftFiles(trained('lomap'));
  const { lomap: _, ...rest } = config;
  const found = read({ config: rest, tensors });
  expect(found.settings.name).toBe('dora');
  expect(found.notes).toEqual([expect.stringContaining('without their block "lomap"')]);
});
