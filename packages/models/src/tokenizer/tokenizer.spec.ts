import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ModelError } from '../model-error.ts';
import { describeWithShared, shared } from '../testing/shared.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { encode, loadTokenizer } from './tokenizer.ts';

const folder = temporaryFolder();

/** A WordPiece tokenizer of a dozen words, in BERT's template. */
const small = {
  version: '1.0',
  truncation: null,
  padding: null,
  added_tokens: ['[PAD]', '[UNK]', '[CLS]', '[SEP]'].map((content, id) => ({
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
  post_processor: { type: 'BertProcessing', sep: ['[SEP]', 3], cls: ['[CLS]', 2] },
  decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
  model: {
    type: 'WordPiece',
    unk_token: '[UNK]',
    continuing_subword_prefix: '##',
    max_input_chars_per_word: 100,
    vocab: { '[PAD]': 0, '[UNK]': 1, '[CLS]': 2, '[SEP]': 3, blue: 4, sky: 5, walk: 6, '##ing': 7 },
  },
};

function write(name: string, tokenizer: unknown, config: unknown = { tokenizer_class: 'BertTokenizer' }): string {
  const directory = join(folder, name);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'tokenizer.json'), JSON.stringify(tokenizer));
  writeFileSync(join(directory, 'tokenizer_config.json'), JSON.stringify(config));
  return directory;
}

describe('a small tokenizer', () => {
  const tokenizer = loadTokenizer(write('small', small));

  test('a text and a pair, with special tokens and segments', () => {
    expect(encode(tokenizer, 'Blue sky, walking', null, 16)).toEqual({
      inputIds: [2, 4, 5, 1, 6, 7, 3],
      tokenTypeIds: [0, 0, 0, 0, 0, 0, 0],
    });
    expect(encode(tokenizer, 'blue', 'sky', 16)).toEqual({ inputIds: [2, 4, 3, 5, 3], tokenTypeIds: [0, 0, 0, 1, 1] });
  });

  test('an empty text is a text; an empty pair is a pair', () => {
    expect(encode(tokenizer, '', null, 16).inputIds).toEqual([2, 3]);
    expect(encode(tokenizer, 'blue', '', 16)).toEqual({ inputIds: [2, 4, 3, 3], tokenTypeIds: [0, 0, 0, 1] });
  });

  test('truncation counts the special tokens', () => {
    expect(encode(tokenizer, 'blue blue blue', 'sky sky sky sky', 6).inputIds).toEqual([2, 4, 3, 5, 5, 3]);
    expect(encode(tokenizer, 'blue sky blue', null, 4).inputIds).toEqual([2, 4, 5, 3]);
    expect(() => encode(tokenizer, 'blue', null, 1)).toThrow('leaves no room for the special tokens');
  });
});

test('missing and damaged files are one clear error', () => {
  expect(() => loadTokenizer(join(folder, 'nowhere'))).toThrow(ModelError);
  expect(() => loadTokenizer(join(folder, 'nowhere'))).toThrow(/tokenizer\.json cannot be read: there is no such file/);
  const damaged = write('damaged', small);
  writeFileSync(join(damaged, 'tokenizer_config.json'), '{');
  expect(() => loadTokenizer(damaged)).toThrow(/tokenizer_config\.json: not JSON: line 1, column 2/);
  writeFileSync(join(damaged, 'tokenizer_config.json'), '{"do_lower_case": true,\n"do_lower_case": false}');
  expect(() => loadTokenizer(damaged)).toThrow('the key do_lower_case occurs twice, on line 1 and on line 2');
  expect(() => loadTokenizer(write('empty', {}))).toThrow(ModelError);
  expect(() => loadTokenizer(write('other', { ...small, model: { type: 'Runes' } }))).toThrow(ModelError);
});

describeWithShared('models/minilm-l6', "HF's token ids", () => {
  interface Expected {
    text: string;
    pair: string | null;
    max_length?: number;
    input_ids: number[];
    token_type_ids: number[];
  }

  test('of MiniLM-L6', () => {
    const directory = shared('models/minilm-l6');
    const tokenizer = loadTokenizer(directory);
    const cases = JSON.parse(readFileSync(join(directory, 'expected.json'), 'utf8')) as Expected[];
    expect(cases.length).toBeGreaterThan(0);
    for (const { text, pair, max_length, input_ids, token_type_ids } of cases) {
      const encoding = encode(tokenizer, text, pair, max_length ?? 512);
      expect(encoding).toEqual({ inputIds: input_ids, tokenTypeIds: token_type_ids });
    }
  });
});
