/** Folders and files that a user could give, each with something wrong in it. */
import { cpSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { specialTokens } from '@lomap/models';
import { writeTinyAdapter } from './tiny-adapter.ts';
import { words, writeTinyGlue } from './tiny-glue.ts';
import { tinyTensors, writeTinyModel } from './tiny-model.ts';

/** Rows of the tiny model's word embedding. */
export const rows = specialTokens.length + words.length;

const sweepFile = {
  name: 'bad-input',
  base: { method: { rank: 2 }, training: { batchSize: 8, maxSteps: 2, maxLength: 32, dropout: 0 } },
  tasks: ['rte'],
  methods: ['lora'],
  seeds: [1],
};

interface TokenizerJson {
  readonly added_tokens: readonly object[];
}

/** Writes them below a folder, and beside them the good ones that they were made from. */
export async function writeBadInput(folder: string): Promise<void> {
  const at = (...names: string[]): string => join(folder, ...names);
  // A folder of data whose RTE train.tsv is another.
  const changedTask = (name: string, change: (lines: string[]) => string): void => {
    cpSync(at('glue'), at(name), { recursive: true });
    const file = at(name, 'RTE', 'train.tsv');
    writeFileSync(file, change(readFileSync(file, 'utf8').split('\n')));
  };
  const json = (name: string, value: unknown): void => writeFileSync(at(name), JSON.stringify(value));
  json('good.json', sweepFile);
  json('unknown-key.json', { ...sweepFile, base: { training: { batchsize: 8 } } });
  writeFileSync(at('not-json.json'), '{ "name": ');
  writeFileSync(at('empty.json'), '');
  writeFileSync(at('a-file'), 'not a folder');

  writeTinyGlue(at('glue'));
  changedTask('no-rows', () => '');
  changedTask('header-only', (lines) => `${lines[0]}\n`);
  changedTask('bad-label', (lines) => lines.with(4, lines[4]!.replace(/\t\w+$/, '\tperhaps')).join('\n'));
  changedTask('torn-row', (lines) => lines.with(6, lines[6]!.split('\t').slice(0, 2).join('\t')).join('\n'));

  await writeTinyModel(at('model'));
  for (const name of ['truncated', 'no-weights', 'no-tokenizer', 'bad-config'])
    cpSync(at('model'), at(name), { recursive: true });
  truncateSync(at('truncated', 'model.safetensors'), 5_000);
  rmSync(at('no-weights', 'model.safetensors'));
  rmSync(at('no-tokenizer', 'tokenizer.json'));
  writeFileSync(at('bad-config', 'config.json'), JSON.stringify({ model_type: 'mamba' }));
  const tensors = tinyTensors();
  const query = 'bert.encoder.layer.0.attention.self.query.weight';
  tensors.set(query, { shape: [8, 32], data: tensors.get(query)!.data });
  await writeTinyModel(at('wrong-shape'), tensors);
  await writeTinyAdapter(at('adapter'), at('model'));

  const broken = tinyTensors();
  broken.set(query, { shape: [16, 16], data: broken.get(query)!.data.with(20, NaN) });
  await writeTinyModel(at('nan'), broken);
  for (const name of ['doubled-key', 'no-specials', 'added-token']) await writeTinyModel(at(name));
  const edit = (path: string, change: (text: string) => string): void =>
    writeFileSync(path, change(readFileSync(path, 'utf8')));
  edit(at('doubled-key', 'config.json'), (text) => text.replace('{', '{"hidden_size": 8,'));
  const tokenizer = JSON.parse(readFileSync(at('model', 'tokenizer.json'), 'utf8')) as TokenizerJson;
  json('no-specials/tokenizer.json', { ...tokenizer, post_processor: null });
  const ent = { id: rows, content: '<ent>', single_word: false, lstrip: false, rstrip: false };
  const added_tokens = [...tokenizer.added_tokens, { ...ent, normalized: false, special: true }];
  json('added-token/tokenizer.json', { ...tokenizer, added_tokens });
  cpSync(at('glue'), at('one-row'), { recursive: true });
  edit(at('one-row', 'RTE', 'dev.tsv'), (text) =>
    text.split('\n').with(3, '2\tthe <ent> .\ta robot .\tentailment').join('\n'),
  );
  writeFileSync(at('twice.json'), `{"seeds": [9],\n${JSON.stringify(sweepFile).slice(1)}`);
}
