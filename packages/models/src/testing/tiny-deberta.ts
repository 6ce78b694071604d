import { fold, key, normal, sizeOf } from '@lomap/compile';
import { modelOf } from '../architectures/registry.ts';
import type { WritableTensor } from '../safetensors/write.ts';

/** `config.json` of a DeBERTa-v3 of two layers: buckets from the third distance on. */
export const tinyDebertaConfig = {
  model_type: 'deberta-v2',
  vocab_size: 11,
  hidden_size: 8,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  intermediate_size: 12,
  max_position_embeddings: 16,
  relative_attention: true,
  position_buckets: 4,
  norm_rel_ebd: 'layer_norm',
  share_att_key: true,
  pos_att_type: 'p2c|c2p',
  position_biased_input: false,
};

/** What v2 may have and v3 has not, and narrow embeddings. */
export const olderDebertaConfig = {
  ...tinyDebertaConfig,
  embedding_size: 6,
  type_vocab_size: 2,
  position_biased_input: true,
  share_att_key: false,
  norm_rel_ebd: 'none',
  position_buckets: -1,
  max_relative_positions: 3,
  conv_kernel_size: 5,
  conv_groups: 2,
};

/** Random tensors of such a DeBERTa with a classifier of three labels, by HF's names. */
export function tinyDebertaTensors(config: Readonly<Record<string, unknown>>): Map<string, WritableTensor> {
  const shapes = modelOf(config, 'config.json').shapes(3);
  return new Map(
    Array.from(shapes, ([name, shape]) => [name, { shape, data: normal(fold(key(7), name), sizeOf(shape), 0, 0.4) }]),
  );
}
