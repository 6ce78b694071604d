import { fold, key, normal, sizeOf } from '@lomap/compile';
import { parseLlamaConfig } from '../architectures/llama/config.ts';
import { llamaShapes } from '../architectures/llama/tensors.ts';
import type { WritableTensor } from '../safetensors/write.ts';

/** `config.json` of a LLaMA of two layers with two key-value heads of two query heads each. */
export const tinyLlamaConfig = {
  model_type: 'llama',
  vocab_size: 13,
  hidden_size: 8,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  intermediate_size: 12,
  max_position_embeddings: 16,
  rms_norm_eps: 1e-5,
  tie_word_embeddings: false,
};

/** Random tensors of a tiny LLaMA with a classifier of so many labels, or with its output head where that is 0. */
export function tinyLlamaTensors(numLabels: number, config: object = tinyLlamaConfig): Map<string, WritableTensor> {
  const shapes = llamaShapes(parseLlamaConfig({ ...config }, 'config.json'), numLabels);
  return new Map(
    Array.from(shapes, ([name, shape]) => [name, { shape, data: normal(fold(key(7), name), sizeOf(shape), 0, 0.4) }]),
  );
}
