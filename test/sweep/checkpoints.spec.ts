/** A sweep on a checkpoint as the hub has them: in several files of 16 bits. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { writeSafetensors, type DeferredTensor } from '@lomap/models';
import { readResults } from '@lomap/results';
import { lomap } from './lomap.ts';
import { writeTinyGlue } from './tiny-glue.ts';
import { tinyTensors, writeTinyModel } from './tiny-model.ts';

const folder = mkdtempSync(join(tmpdir(), 'lomap-checkpoints-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);

const sweepFile = {
  name: 'tiny',
  model: './sharded',
  base: { method: { rank: 2 }, training: { batchSize: 8, maxSteps: 4, maxLength: 32, learningRate: 1e-3 } },
  tasks: ['mrpc'],
  methods: ['lora', 'lomap'],
  seeds: [1],
};
const sweep = (model: string): string[] => [
  ...['sweep', '--config', at('tiny.json'), '--model', at(model), '--data', at('glue')],
  ...['--out', at('out'), '--jobs', '1', '--threads', '1'],
];

beforeAll(async () => {
  writeFileSync(at('tiny.json'), JSON.stringify(sweepFile));
  writeTinyGlue(at('glue'));
  await writeTinyModel(at('one'));
  mkdirSync(at('sharded'));
  for (const name of ['config.json', 'tokenizer.json', 'tokenizer_config.json']) {
    cpSync(join(at('one'), name), join(at('sharded'), name));
  }
  const map: Record<string, string> = {};
  const tensors = [...tinyTensors()];
  for (const shard of [1, 2]) {
    const name = `model-0000${shard}-of-00002.safetensors`;
    const own = tensors.filter((_, i) => i % 2 === shard - 1);
    for (const [tensor] of own) map[tensor] = name;
    const narrow = own.map(([tensor, { shape, data }]): [string, DeferredTensor] => [
      tensor,
      { shape, dtype: 'BF16', values: () => data },
    ]);
    await writeSafetensors(join(at('sharded'), name), new Map(narrow));
  }
  writeFileSync(join(at('sharded'), 'model.safetensors.index.json'), JSON.stringify({ weight_map: map }));
});

test('a checkpoint of two files in bfloat16 trains, and validate says what it is', async () => {
  const { code, stderr } = await lomap(sweep('sharded'));
  expect([code, stderr]).toEqual([0, expect.any(String)]);
  const { results } = await readResults(at('out'));
  expect(results.map(({ trial }) => trial.settings.method.label).sort()).toEqual(['lomap', 'lora']);
  const valid = await lomap(['validate', '--config', at('tiny.json')]);
  expect(valid.stdout).toContain(`Model ${at('sharded')}: bert, bfloat16 in 2 files.`);
});

test('an index that names a file that is not there is one error, before anything is written', async () => {
  cpSync(at('sharded'), at('broken'), { recursive: true });
  rmSync(join(at('broken'), 'model-00002-of-00002.safetensors'));
  const { code, stderr } = await lomap([...sweep('broken').slice(0, -6), '--out', at('none')]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^lomap: .*index\.json names model-00002-of-00002\.safetensors, and .* does not exist/m);
});
