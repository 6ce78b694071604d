import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fold, key, normal, sizeOf } from '@lomap/compile';
import { modelOf, writeSafetensors, type WritableTensor } from '@lomap/models';
import type { ModelShape } from './model-shapes.ts';

/** Standard deviation of the weights. */
const RANGE = 0.02;

/** config.json of a BERT of this shape. */
function configOf({ hidden, layers, heads, intermediate, vocabulary }: ModelShape): Record<string, unknown> {
  return {
    model_type: 'bert',
    architectures: ['BertForSequenceClassification'],
    vocab_size: vocabulary,
    hidden_size: hidden,
    num_hidden_layers: layers,
    num_attention_heads: heads,
    intermediate_size: intermediate,
    max_position_embeddings: 512,
    type_vocab_size: 2,
    hidden_act: 'gelu',
    hidden_dropout_prob: 0.1,
    attention_probs_dropout_prob: 0.1,
    layer_norm_eps: 1e-12,
    initializer_range: RANGE,
    pad_token_id: 0,
  };
}

/** Writes a checkpoint of this shape with random weights: a step takes the same time and memory on it. */
export async function writeRandomModel(directory: string, shape: ModelShape): Promise<void> {
  await mkdir(directory, { recursive: true });
  const path = join(directory, 'config.json');
  const config = configOf(shape);
  await writeFile(path, JSON.stringify(config));
  const tensors = new Map<string, WritableTensor>();
  for (const [name, sizes] of modelOf(config, path).shapes(2)) {
    tensors.set(name, { shape: sizes, data: values(name, sizeOf(sizes)) });
  }
  await writeSafetensors(join(directory, 'model.safetensors'), tensors);
}

function values(name: string, size: number): Float32Array {
  if (name.endsWith('.bias')) return new Float32Array(size);
  if (name.includes('LayerNorm')) return new Float32Array(size).fill(1);
  return normal(fold(key(0), name), size).map((value) => value * RANGE);
}
