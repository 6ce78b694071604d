import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { key, fold, normal, sizeOf } from '@lomap/compile';
import { parseBertConfig } from '../architectures/bert/config.ts';
import { bertShapes } from '../architectures/bert/tensors.ts';
import { writeSafetensors, type WritableTensor } from '../safetensors/write.ts';

/** `config.json` of a BERT of two layers. */
export const tinyConfig = {
  model_type: 'bert',
  vocab_size: 11,
  hidden_size: 8,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  intermediate_size: 12,
  max_position_embeddings: 16,
  type_vocab_size: 2,
};

/** Random tensors of the tiny BERT with a classifier of three labels, by HF's names. */
export function tinyTensors(): Map<string, WritableTensor> {
  const shapes = bertShapes(parseBertConfig(tinyConfig, 'config.json'), 3);
  return new Map(
    Array.from(shapes, ([name, shape]) => [name, { shape, data: normal(fold(key(7), name), sizeOf(shape), 0, 0.4) }]),
  );
}

/** Writes a checkpoint's folder. Returns the folder. */
export async function writeCheckpoint(
  folder: string,
  tensors: ReadonlyMap<string, WritableTensor>,
  config: object = tinyConfig,
): Promise<string> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
  await writeSafetensors(join(folder, 'model.safetensors'), tensors);
  return folder;
}
