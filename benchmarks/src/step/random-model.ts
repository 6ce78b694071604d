import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fold, key, normal, sizeOf } from '@lomap/compile';
import { bertShapes, parseBertConfig, writeSafetensors, type WritableTensor } from '@lomap/models';

/** MiniLM-L6-H384's shape, as config.json says it. */
const miniLm = {
  model_type: 'bert',
  architectures: ['BertForSequenceClassification'],
  vocab_size: 30522,
  hidden_size: 384,
  num_hidden_layers: 6,
  num_attention_heads: 12,
  intermediate_size: 1536,
  max_position_embeddings: 512,
  type_vocab_size: 2,
  hidden_act: 'gelu',
  hidden_dropout_prob: 0.1,
  attention_probs_dropout_prob: 0.1,
  layer_norm_eps: 1e-12,
  initializer_range: 0.02,
  pad_token_id: 0,
};

/** Writes a checkpoint of MiniLM-L6's shape with random weights: a step takes the same time on it. */
export async function writeRandomModel(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const path = join(directory, 'config.json');
  await writeFile(path, JSON.stringify(miniLm));
  const tensors = new Map<string, WritableTensor>();
  for (const [name, shape] of bertShapes(parseBertConfig(miniLm, path), 2)) {
    tensors.set(name, { shape, data: values(name, sizeOf(shape)) });
  }
  await writeSafetensors(join(directory, 'model.safetensors'), tensors);
}

function values(name: string, size: number): Float32Array {
  if (name.endsWith('.bias')) return new Float32Array(size);
  if (name.includes('LayerNorm')) return new Float32Array(size).fill(1);
  return normal(fold(key(0), name), size).map((value) => value * miniLm.initializer_range);
}
