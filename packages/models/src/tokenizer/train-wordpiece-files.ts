/** The files of a trained WordPiece tokenizer, as Hugging Face's BertTokenizer has them. */
import { join } from 'node:path';
import { writeAtomically } from '../files.ts';
import { normalize, splitWords } from './bert-words.ts';
import { specialTokens } from './train-wordpiece.ts';

/** Characters of a word beyond which it is unknown. */
const maxWord = 100;

const normalization = { cleanText: true, chineseCharacters: true, stripAccents: null, lowercase: true } as const;
const normalizer = {
  type: 'BertNormalizer',
  clean_text: normalization.cleanText,
  handle_chinese_chars: normalization.chineseCharacters,
  strip_accents: normalization.stripAccents,
  lowercase: normalization.lowercase,
} as const;
const preTokenizer = { type: 'BertPreTokenizer' } as const;

const piece = (id: 'A' | 'B', type: number) => ({ Sequence: { id, type_id: type } });
const special = (id: '[CLS]' | '[SEP]', type: number) => ({ SpecialToken: { id, type_id: type } });

/** `tokenizer.json` of lower-case BERT with this vocabulary, whose first tokens are `specialTokens`. */
export function wordPieceTokenizerJson(vocabulary: readonly string[]): object {
  specialTokens.forEach((token, id) => {
    if (vocabulary[id] !== token) throw new RangeError(`Token ${id} is ${vocabulary[id]}; expected ${token}.`);
  });
  const ids = Object.fromEntries(vocabulary.map((token, id) => [token, id]));
  const template = (token: '[CLS]' | '[SEP]') => ({ id: token, ids: [ids[token]], tokens: [token] });
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: specialTokens.map((content, id) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer,
    pre_tokenizer: preTokenizer,
    post_processor: {
      type: 'TemplateProcessing',
      single: [special('[CLS]', 0), piece('A', 0), special('[SEP]', 0)],
      pair: [special('[CLS]', 0), piece('A', 0), special('[SEP]', 0), piece('B', 1), special('[SEP]', 1)],
      special_tokens: { '[CLS]': template('[CLS]'), '[SEP]': template('[SEP]') },
    },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: maxWord,
      vocab: ids,
    },
  };
}

/**
 * Writes tokenizer.json, tokenizer_config.json and vocab.txt into a folder: what `loadTokenizer` and the libraries of
 * Hugging Face read. The same vocabulary gives the same bytes.
 *
 * @param maxLength tokens that the model takes
 */
export async function writeWordPiece(
  directory: string,
  vocabulary: readonly string[],
  maxLength: number,
): Promise<void> {
  const config = {
    tokenizer_class: 'BertTokenizer',
    do_lower_case: true,
    tokenize_chinese_chars: true,
    strip_accents: null,
    model_max_length: maxLength,
    pad_token: '[PAD]',
    unk_token: '[UNK]',
    cls_token: '[CLS]',
    sep_token: '[SEP]',
    mask_token: '[MASK]',
  };
  const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;
  const files = {
    'tokenizer.json': json(wordPieceTokenizerJson(vocabulary)),
    'tokenizer_config.json': json(config),
    'vocab.txt': vocabulary.map((token) => `${token}\n`).join(''),
  };
  for (const [name, text] of Object.entries(files)) {
    await writeAtomically(join(directory, name), [new TextEncoder().encode(text)]);
  }
}

/** The words of these texts, normalised and split as the tokenizer will do it, and how often each occurs. */
export function countWords(texts: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) {
    for (const word of splitWords(normalize(text, normalization))) {
      if (Array.from(word).length <= maxWord) counts.set(word, (counts.get(word) ?? 0) + 1);
    }
  }
  return counts;
}
