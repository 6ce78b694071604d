/** A DeBERTa-v3 of two layers with random weights and a tokenizer of words, as a folder that Hugging Face could have saved. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fold, key, normal, sizeOf } from '@lomap/compile';
import { modelOf, writeSafetensors } from '@lomap/models';
import { words } from './tiny-glue.ts';

const specials = ['[PAD]', '[CLS]', '[SEP]', '[UNK]'];
const pieces = [...specials, '▁', '▁The', ...words.map((word) => (word === '.' ? word : `▁${word}`))];

export const config = {
  ...{ model_type: 'deberta-v2', vocab_size: pieces.length + 3, hidden_size: 16, num_hidden_layers: 2 },
  ...{ num_attention_heads: 2, intermediate_size: 24, max_position_embeddings: 32, type_vocab_size: 0 },
  ...{ relative_attention: true, max_relative_positions: -1, position_buckets: 4, share_att_key: true },
  ...{ pos_att_type: 'p2c|c2p', norm_rel_ebd: 'layer_norm', position_biased_input: false, layer_norm_eps: 1e-7 },
};

/** tokenizer.json with each word a piece: what transformers 4 and 5 read alike. */
function tokenizerJson(): object {
  const added = (content: string, id: number): object => {
    return { id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
  };
  const special = (id: string, type_id: number) => ({ SpecialToken: { id, type_id } });
  const text = (id: string, type_id: number) => ({ Sequence: { id, type_id } });
  const token = (id: string) => ({ id, ids: [specials.indexOf(id)], tokens: [id] });
  return {
    ...{ version: '1.0', truncation: null, padding: null },
    added_tokens: [...specials.map(added), added('[MASK]', pieces.length)],
    normalizer: {
      type: 'Sequence',
      normalizers: [
        { type: 'Replace', pattern: { Regex: '\\s{2,}|[\\n\\r\\t]' }, content: ' ' },
        { type: 'NFC' },
        { type: 'Strip', strip_left: false, strip_right: true },
      ],
    },
    pre_tokenizer: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true },
    post_processor: {
      type: 'TemplateProcessing',
      single: [special('[CLS]', 0), text('A', 0), special('[SEP]', 0)],
      pair: [special('[CLS]', 0), text('A', 0), special('[SEP]', 0), text('B', 1), special('[SEP]', 1)],
      special_tokens: { '[CLS]': token('[CLS]'), '[SEP]': token('[SEP]') },
    },
    decoder: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true },
    model: {
      type: 'Unigram',
      unk_id: specials.indexOf('[UNK]'),
      vocab: pieces.map((piece, id) => [piece, id < specials.length ? 0 : -3 - id / 100]),
      byte_fallback: false,
    },
  };
}

/** Writes config.json (with some keys changed), model.safetensors and the tokenizer's two files. Returns the folder. */
export async function writeTinyDeberta(
  folder: string,
  changes: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const own = { ...config, ...changes };
  const json = (name: string, value: unknown): void => writeFileSync(join(folder, name), JSON.stringify(value));
  json('config.json', own);
  json('tokenizer.json', tokenizerJson());
  json('tokenizer_config.json', { tokenizer_class: 'DebertaV2Tokenizer', do_lower_case: false });
  const tensors = [...modelOf(own, 'config.json').shapes(1)]
    .filter(([name]) => !name.startsWith('classifier.'))
    .map(([name, shape]) => {
      const noise = normal(fold(key(11), name), sizeOf(shape), 0, 0.3);
      const data = name.endsWith('LayerNorm.weight') ? noise.map((value) => 1 + value) : noise;
      return [name, { shape, data }] as const;
    });
  await writeSafetensors(join(folder, 'model.safetensors'), new Map(tensors));
  return folder;
}
