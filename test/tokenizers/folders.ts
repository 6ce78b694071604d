/** Tokenizers of an invented vocabulary: as they should be, and with files that say different things. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const specials = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];
const letters = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789éñößσςΣ한ᄒ\u1161\u11abか'];
const signs = [
  ...'.,!?\'"-_%$@#[]<>()/:;=+*&^~`|{}\\–—…“”¿·½①ⅷ٣™£',
  ...'中文㐀𠀀𪜀𫝀豈々〇ㄅ😀❤',
  '\u{2b820}',
  '\u{2b920}',
  '\u{30000}',
  '\u166d',
  '\u2e4f',
];
const words = ['blue', 'sky', 'walk', 'Sky', 'emile', 'istanbul', 'i', '\u0301', '\u0307', '\u0897', '\u093e'];
const vocabulary = [
  ...new Set([
    ...specials,
    ...letters,
    ...signs,
    ...words,
    ...[...letters, 'ing', '\u0301', '\u0897', '\u093e', '😀'].map((one) => `##${one}`),
  ]),
];

export interface Files {
  tokenizer: {
    added_tokens: AddedToken[];
    normalizer: Record<string, unknown> | null;
    post_processor: Record<string, unknown> | null;
    model: Record<string, unknown> & { vocab: Record<string, number> };
    [key: string]: unknown;
  };
  config: Record<string, unknown>;
  others: Record<string, string>;
}
interface AddedToken {
  id: number;
  content: string;
  single_word: boolean;
  lstrip: boolean;
  rstrip: boolean;
  normalized: boolean;
  special: boolean;
}

/** The number of tokens, which is the id of the first added one. */
export const size = vocabulary.length;

export const added = (id: number, content: string, changes: Partial<AddedToken> = {}): AddedToken => ({
  ...{ id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true },
  ...changes,
});

/** A tokenizer's files that agree. */
export function whole(): Files {
  const vocab = Object.fromEntries(vocabulary.map((token, id) => [token, id]));
  const special = (id: string, type_id: number) => ({ SpecialToken: { id, type_id } });
  const text = (id: string, type_id: number) => ({ Sequence: { id, type_id } });
  const token = (id: string) => ({ id, ids: [vocab[id]], tokens: [id] });
  return {
    tokenizer: {
      version: '1.0',
      truncation: { direction: 'Right', max_length: 4, strategy: 'LongestFirst', stride: 0 },
      padding: null,
      added_tokens: specials.map((content, id) => added(id, content)),
      normalizer: {
        type: 'BertNormalizer',
        clean_text: true,
        handle_chinese_chars: true,
        strip_accents: null,
        lowercase: true,
      },
      pre_tokenizer: { type: 'BertPreTokenizer' },
      post_processor: {
        type: 'TemplateProcessing',
        single: [special('[CLS]', 0), text('A', 0), special('[SEP]', 0)],
        pair: [special('[CLS]', 0), text('A', 0), special('[SEP]', 0), text('B', 1), special('[SEP]', 1)],
        special_tokens: { '[CLS]': token('[CLS]'), '[SEP]': token('[SEP]') },
      },
      decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
      model: {
        type: 'WordPiece',
        unk_token: '[UNK]',
        continuing_subword_prefix: '##',
        max_input_chars_per_word: 100,
        vocab,
      },
    },
    config: {
      tokenizer_class: 'BertTokenizer',
      do_lower_case: true,
      tokenize_chinese_chars: true,
      strip_accents: null,
      model_max_length: 512,
    },
    others: { 'config.json': '{"model_type": "bert"}' },
  };
}

/** Changes of files: to what is still one tokenizer, or to what contradicts itself or is another kind. */
export const changes: Readonly<
  Record<string, readonly [expected: 'same' | RegExp, change: (files: Files) => unknown]>
> = {
  'as it is': ['same', () => undefined],
  'do_lower_case false': ['same', ({ config }) => (config['do_lower_case'] = false)],
  'do_lower_case by default': [
    'same',
    (files) => (delete files.config['do_lower_case'], (files.tokenizer.normalizer!['lowercase'] = false)),
  ],
  'strip_accents true': ['same', ({ config }) => Object.assign(config, { strip_accents: true, do_lower_case: false })],
  'strip_accents false': ['same', ({ config }) => (config['strip_accents'] = false)],
  'strip_accents of tokenizer.json': ['same', ({ tokenizer }) => (tokenizer.normalizer!['strip_accents'] = false)],
  'no ideographs': ['same', ({ config }) => (config['tokenize_chinese_chars'] = false)],
  'no class': ['same', ({ config }) => delete config['tokenizer_class']],
  BertTokenizerFast: ['same', ({ config }) => (config['tokenizer_class'] = 'BertTokenizerFast')],
  PreTrainedTokenizerFast: [
    'same',
    (files) => {
      files.config = {
        tokenizer_class: 'PreTrainedTokenizerFast',
        do_lower_case: true,
        model_input_names: ['input_ids', 'token_type_ids', 'attention_mask'],
      };
      files.tokenizer.normalizer!['lowercase'] = false;
    },
  ],
  'no segments': ['same', ({ config }) => (config['model_input_names'] = ['input_ids', 'attention_mask'])],
  BertProcessing: [
    'same',
    ({ tokenizer }) => (tokenizer.post_processor = { type: 'BertProcessing', sep: ['[SEP]', 3], cls: ['[CLS]', 2] }),
  ],
  'special tokens named nowhere but in the vocabulary': ['same', ({ tokenizer }) => (tokenizer.added_tokens = [])],
  'an added token': ['same', ({ tokenizer }) => tokenizer.added_tokens.push(added(size, '<ent>'))],
  'an added token to be normalised': [
    'same',
    ({ tokenizer }) => tokenizer.added_tokens.push(added(size, 'Émile', { normalized: true, special: false })),
  ],
  'an added word': [
    'same',
    ({ tokenizer }) =>
      tokenizer.added_tokens.push(
        added(size, '<ent>'),
        added(size + 1, 'mile', { normalized: true, special: false, single_word: true }),
      ),
  ],
  'an added token that takes in spaces': [
    'same',
    ({ tokenizer }) => tokenizer.added_tokens.push(added(size, '<ent>', { lstrip: true, rstrip: true })),
  ],
  'a further special token': ['same', ({ config }) => (config['additional_special_tokens'] = ['<ent>'])],
  'the same added tokens in both files': [
    'same',
    (files) => {
      files.tokenizer.added_tokens.push(added(size, '<ent>'));
      files.config['added_tokens_decoder'] = Object.fromEntries(
        files.tokenizer.added_tokens.map(({ id, ...token }) => [String(id), token]),
      );
    },
  ],
  'a map that agrees': [
    'same',
    ({ others }) => (others['special_tokens_map.json'] = '{"cls_token": "[CLS]", "mask_token": {"content": "[MASK]"}}'),
  ],
  'a vocab.txt that agrees': [
    'same',
    ({ others }) => (others['vocab.txt'] = vocabulary.map((token) => `${token}\n`).join('')),
  ],
  'no post_processor': [
    /tokenizer\.json and .*tokenizer_config\.json contradict each other: the first has no post_processor/,
    ({ tokenizer }) => (tokenizer.post_processor = null),
  ],
  'a post_processor without the last token': [
    /contradict.* \[SEP\] \(id 3\) around texts/,
    ({ tokenizer }) => (tokenizer.post_processor!['pair'] as unknown[]).pop(),
  ],
  'another cls_token': [/contradict.*blue \(id \d+\)/, ({ config }) => (config['cls_token'] = 'blue')],
  'another unk_token': [/contradict.*model\.unk_token/, ({ config }) => (config['unk_token'] = '[MASK]')],
  'clean_text false': [
    /contradict.*normalizer\.clean_text/,
    ({ tokenizer }) => (tokenizer.normalizer!['clean_text'] = false),
  ],
  'shorter words': [
    /contradict.*max_input_chars_per_word/,
    ({ tokenizer }) => (tokenizer.model['max_input_chars_per_word'] = 50),
  ],
  'other added tokens': [
    /contradict.*lacks the first's added token "\[MASK\]"/,
    (files) => {
      files.config['added_tokens_decoder'] = Object.fromEntries(
        files.tokenizer.added_tokens.slice(0, 4).map(({ id, ...token }) => [String(id), token]),
      );
    },
  ],
  'other flags': [
    /contradict.*"normalized":false/,
    (files) => {
      files.config['added_tokens_decoder'] = Object.fromEntries(
        files.tokenizer.added_tokens.map(({ id, ...token }) => [String(id), { ...token, normalized: true }]),
      );
    },
  ],
  'an id that is not the next': [
    /added token <ent> has the id \d+, and/,
    ({ tokenizer }) => tokenizer.added_tokens.push(added(size + 7, '<ent>')),
  ],
  'a special token with another id': [
    /added token \[MASK\] has the id 9, and 4 by the vocabulary/,
    ({ tokenizer }) => (tokenizer.added_tokens[4] = added(9, '[MASK]')),
  ],
  'a map that differs': [
    /tokenizer\.json and .*special_tokens_map\.json contradict each other: cls_token/,
    ({ others }) => (others['special_tokens_map.json'] = '{"cls_token": "blue"}'),
  ],
  'a map with more': [
    /special_tokens_map\.json contradict.*<ent>/,
    ({ others }) => (others['special_tokens_map.json'] = '{"additional_special_tokens": ["<ent>"]}'),
  ],
  'an old list that differs': [
    /added_tokens\.json contradict.*<ent>/,
    ({ others }) => (others['added_tokens.json'] = '{"<ent>": 900}'),
  ],
  'a vocab.txt that differs': [
    /vocab\.txt contradict.*line 6 of the second gives "b" the id 5, the first/,
    ({ others }) => (others['vocab.txt'] = [...specials, 'b', 'a', ...vocabulary.slice(7)].join('\n')),
  ],
  'a shorter vocab.txt': [
    /vocab\.txt contradict.*lacks the first's token/,
    ({ others }) => (others['vocab.txt'] = vocabulary.slice(0, -1).join('\n')),
  ],
  'cut on the left': [/truncation_side/, ({ config }) => (config['truncation_side'] = 'left')],
  'special tokens split': [/split_special_tokens/, ({ config }) => (config['split_special_tokens'] = true)],
  'a flag that is none': [/do_lower_case/, ({ config }) => (config['do_lower_case'] = 'false')],
  'another class': [
    /tokenizer_class "RobertaTokenizer" is not supported/,
    ({ config }) => (config['tokenizer_class'] = 'RobertaTokenizer'),
  ],
  'code of its own': [/auto_map/, ({ config }) => (config['auto_map'] = { AutoTokenizer: ['x.X', null] })],
  'another model': [/model\.type/, ({ tokenizer }) => (tokenizer.model['type'] = 'WordLevel')],
  'another normalizer': [/normalizer/, ({ tokenizer }) => (tokenizer.normalizer = { type: 'Lowercase' })],
  'another pre-tokenizer': [/pre_tokenizer/, ({ tokenizer }) => (tokenizer['pre_tokenizer'] = { type: 'Whitespace' })],
  'no unknown token': [/lacks the unknown token/, ({ tokenizer }) => delete tokenizer.model.vocab['[UNK]']],
};

/** Writes a folder. Returns it. */
export function write(directory: string, { tokenizer, config, others }: Files): string {
  mkdirSync(directory, { recursive: true });
  const all = {
    'tokenizer.json': JSON.stringify(tokenizer),
    'tokenizer_config.json': JSON.stringify(config),
    ...others,
  };
  for (const [name, content] of Object.entries(all)) writeFileSync(join(directory, name), content);
  return directory;
}
