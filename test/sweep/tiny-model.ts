/** A BERT of one layer with random weights and a word-level vocabulary, as a folder that Hugging Face could have saved. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fold, key, normal, sizeOf } from '@lomap/compile';
import { bertShapes, parseBertConfig, writeSafetensors, type WritableTensor } from '@lomap/models';
import { words } from './tiny-glue.ts';

const special = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];
const vocabulary = [...special, ...words];

const config = {
  model_type: 'bert',
  vocab_size: vocabulary.length,
  hidden_size: 16,
  num_hidden_layers: 1,
  num_attention_heads: 2,
  intermediate_size: 24,
  max_position_embeddings: 32,
};

const tokenizer = {
  version: '1.0',
  truncation: null,
  padding: null,
  added_tokens: special.map((content, id) => ({
    id,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  })),
  normalizer: {
    type: 'BertNormalizer',
    clean_text: true,
    handle_chinese_chars: true,
    strip_accents: null,
    lowercase: true,
  },
  pre_tokenizer: { type: 'BertPreTokenizer' },
  post_processor: {
    type: 'BertProcessing',
    sep: ['[SEP]', special.indexOf('[SEP]')],
    cls: ['[CLS]', special.indexOf('[CLS]')],
  },
  decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
  model: {
    type: 'WordPiece',
    unk_token: '[UNK]',
    continuing_subword_prefix: '##',
    max_input_chars_per_word: 100,
    vocab: Object.fromEntries(vocabulary.map((word, id) => [word, id])),
  },
};

/** The encoder's tensors by HF's names, the same every time; no classifier, which a trial starts fresh. */
export function tinyTensors(): Map<string, WritableTensor> {
  const shapes = [...bertShapes(parseBertConfig(config, 'config.json'), 1)];
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
  json('tokenizer.json', tokenizer);
  json('tokenizer_config.json', { tokenizer_class: 'BertTokenizer' });
  await writeSafetensors(join(folder, 'model.safetensors'), tensors);
  return folder;
}
