/** A BERT of one layer with random weights and a word-level vocabulary, as a folder that Hugging Face could have saved. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fold, key, normal, sizeOf } from '@lomap/compile';
import { modelOf, specialTokens, writeSafetensors, writeWordPiece, type WritableTensor } from '@lomap/models';
import { words } from './tiny-glue.ts';

const vocabulary = [...specialTokens, ...words];

const config = {
  model_type: 'bert',
  vocab_size: vocabulary.length,
  hidden_size: 16,
  num_hidden_layers: 1,
  num_attention_heads: 2,
  intermediate_size: 24,
  max_position_embeddings: 32,
};

/** The encoder's tensors by HF's names, the same every time; no classifier, which a trial starts fresh. */
export function tinyTensors(): Map<string, WritableTensor> {
  const shapes = [...modelOf(config, 'config.json').shapes(1)];
  return new Map(
    shapes
      .filter(([name]) => !name.startsWith('classifier.'))
      .map(([name, shape]) => [name, { shape, data: values(name, shape) }]),
  );
}

function values(name: string, shape: readonly number[]): Float32Array {
  const noise = normal(fold(key(11), name), sizeOf(shape), 0, 0.3);
  return name.endsWith('LayerNorm.weight') ? noise.map((value) => 1 + value) : noise;
}

/** Writes config.json, model.safetensors and the tokenizer's two files. Returns the folder. */
export async function writeTinyModel(folder: string, tensors = tinyTensors()): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const json = (name: string, value: unknown): void => writeFileSync(join(folder, name), JSON.stringify(value));
  json('config.json', config);
  await writeWordPiece(folder, vocabulary, config.max_position_embeddings);
  await writeSafetensors(join(folder, 'model.safetensors'), tensors);
  return folder;
}
