import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ModelError } from '../model-error.ts';
import { describeModel, isDescriptionOnly } from './describe.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lomap-describe-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const bert = {
  ...{ model_type: 'bert', vocab_size: 30, hidden_size: 8, num_hidden_layers: 2, num_attention_heads: 2 },
  ...{ intermediate_size: 16, max_position_embeddings: 12, type_vocab_size: 2, hidden_act: 'gelu' },
  ...{ layer_norm_eps: 1e-12, hidden_dropout_prob: 0.1, attention_probs_dropout_prob: 0.1, initializer_range: 0.02 },
};
const write = (config: object): void => writeFileSync(join(folder, 'config.json'), JSON.stringify(config));

test('a config.json is enough for names, shapes and limits', () => {
  write({ ...bert, torch_dtype: 'bfloat16' });
  const model = describeModel(folder, 3);
  expect(model).toMatchObject({ type: 'bert', bytesPerValue: 2, attention: { heads: 2 } });
  expect(model.limits).toMatchObject({ maxPositions: 12 });
  expect(model.linears).toHaveLength(2 * 6 + 2);
  expect(model.shape('classifier.weight')).toEqual([3, 8]);
  expect(() => model.shape('score.weight')).toThrow(ModelError);
  write(bert);
  expect(describeModel(folder, 3).bytesPerValue).toBe(4);
  write({ ...bert, model_type: 'gpt2' });
  expect(() => describeModel(folder, 1)).toThrow(/has model_type "gpt2"/);
});

test('a folder with a file of weights is no description alone, whatever the file', () => {
  expect(isDescriptionOnly(folder)).toBe(false);
  write(bert);
  writeFileSync(join(folder, 'tokenizer.json'), '{}');
  expect(isDescriptionOnly(folder)).toBe(true);
  for (const name of ['model.safetensors', 'model.safetensors.index.json', 'pytorch_model.bin']) {
    const own = join(folder, name.replaceAll('.', '-'));
    mkdirSync(own);
    for (const file of ['config.json', name]) writeFileSync(join(own, file), '');
    expect(isDescriptionOnly(own)).toBe(false);
  }
  expect(isDescriptionOnly(join(folder, 'nowhere'))).toBe(false);
});
