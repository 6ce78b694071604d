/** Byte-pair encoders: ids and texts that Python's tokenizers gives, and files that are wrong. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ModelError } from '../model-error.ts';
import { describeWithShared, shared } from '../testing/shared.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { encode, loadTokenizer } from './tokenizer.ts';

const folder = temporaryFolder();

interface Case {
  readonly text: string;
  readonly pair?: string | null;
  readonly input_ids: number[];
  readonly decoded?: string;
}
const read = <T>(path: string): T => JSON.parse(readFileSync(shared(path), 'utf8')) as T;

function expectIds(directory: string, cases: readonly Case[]): void {
  const tokenizer = loadTokenizer(shared(directory));
  expect(cases).not.toHaveLength(0);
  for (const { text, pair = null, input_ids, decoded } of cases) {
    // Cut to as many tokens as the fixture has: one of its pairs is truncated.
    expect({ text, ids: encode(tokenizer, text, pair, input_ids.length).inputIds }).toEqual({ text, ids: input_ids });
    if (decoded !== undefined && pair === null) expect(tokenizer.decode!(input_ids)).toBe(decoded);
  }
}

describeWithShared('fixtures/tokenizers/llama3-bpe', "LLaMA 3's kind", () => {
  test('ids, pairs and texts', () => {
    const directory = 'fixtures/tokenizers/llama3-bpe';
    expectIds(directory, read<Case[]>(`${directory}/expected.json`));
  });
});

describeWithShared('models/stories260K', "LLaMA 2's kind", () => {
  const directory = 'models/stories260K';

  test('ids, and texts of generated ids', () => {
    const cases = read<(Case & { greedy_30: number[]; greedy_text: string })[]>(`${directory}/expected.json`);
    expectIds(directory, cases);
    const { decode, notes } = loadTokenizer(shared(directory));
    for (const { greedy_30, greedy_text } of cases) expect(decode!(greedy_30)).toBe(greedy_text);
    expect(notes).toEqual([expect.stringContaining('transformers 5 takes those of a LlamaTokenizer another way')]);
  });
});

describeWithShared('models/smollm2-135m', "SmolLM2's", () => {
  test('ids', () => {
    const { texts } = read<{ texts: { text: string; ids: number[] }[] }>('models/smollm2-135m/expected.json');
    expectIds(
      'models/smollm2-135m',
      texts.map(({ text, ids }) => ({ text, input_ids: ids, decoded: text.replaceAll(/<\|im_(start|end)\|>/g, '') })),
    );
  });
});

type Json = Record<string, unknown>;
let made = 0;

/** A LLaMA 2 tokenizer of the bytes and a few letters. */
function write(change: (tokenizer: Json & { model: Json }, config: Json) => void = () => {}): string {
  const hex = (byte: number): string => byte.toString(16).toUpperCase().padStart(2, '0');
  const tokens = [
    '<unk>',
    '<s>',
    '</s>',
    ...Array.from({ length: 256 }, (_, i) => `<0x${hex(i)}>`),
    '▁',
    'a',
    'b',
    '▁a',
  ];
  const special = (id: number, content: string): Json => {
    return { id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
  };
  const text = (id: string, type_id: number): Json => ({ Sequence: { id, type_id } });
  const begin = { SpecialToken: { id: '<s>', type_id: 0 } };
  const tokenizer = {
    added_tokens: [special(0, '<unk>'), special(1, '<s>'), special(2, '</s>')],
    normalizer: {
      type: 'Sequence',
      normalizers: [
        { type: 'Prepend', prepend: '▁' },
        { type: 'Replace', pattern: { String: ' ' }, content: '▁' },
      ],
    },
    pre_tokenizer: null,
    model: {
      ...{ type: 'BPE', unk_token: '<unk>', fuse_unk: true, byte_fallback: true, merges: ['▁ a'] },
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
    },
    post_processor: {
      type: 'TemplateProcessing',
      single: [begin, text('A', 0)],
      pair: [begin, text('A', 0), text('B', 1)],
      special_tokens: { '<s>': { ids: [1] } },
    },
    decoder: { type: 'ByteFallback' },
  };
  const config = { tokenizer_class: 'LlamaTokenizer', bos_token: '<s>', eos_token: '</s>', unk_token: '<unk>' };
  change(tokenizer, config);
  const directory = join(folder, `${made++}`);
  mkdirSync(directory);
  writeFileSync(join(directory, 'tokenizer.json'), JSON.stringify(tokenizer));
  writeFileSync(join(directory, 'tokenizer_config.json'), JSON.stringify(config));
  return directory;
}

test('a mark in front of every part of a legacy text, and bytes of what has no token', () => {
  const ids = (text: string): number[] => encode(loadTokenizer(write()), text, null, 100).inputIds;
  expect(ids('a')).toEqual([1, 262]);
  expect(ids('a</s>a')).toEqual([1, 262, 2, 262]);
  expect(ids('é')).toEqual([1, 259, 3 + 0xc3, 3 + 0xa9]);
  expect(ids('')).toEqual([1]);
});

test('bytes are a text again, a mark of the byte order too; what is no text is a sign for each byte', () => {
  const { decode } = loadTokenizer(write());
  const bytes = (text: string): number[] => Array.from(Buffer.from(text), (byte) => byte + 3);
  expect(decode!([1, 260, ...bytes('\ufeffé'), 261, 2])).toBe('a\ufefféb');
  expect(decode!([3 + 0xc3, 3 + 0xc3, 260])).toBe('\ufffd\ufffda');
});

test("a mark in front of the first part alone, as transformers' own class has it now", () => {
  const directory = write((tokenizer) => {
    tokenizer['normalizer'] = null;
    tokenizer['pre_tokenizer'] = { type: 'Metaspace', replacement: '▁', prepend_scheme: 'first', split: false };
  });
  const { idsOf, notes } = loadTokenizer(directory);
  expect(idsOf('a</s>a')).toEqual([262, 2, 260]);
  expect(idsOf(' a')).toEqual([262]);
  expect(notes).toEqual([]);
});

describe('files that are wrong', () => {
  const cases: [string, Parameters<typeof write>[0], string][] = [
    [
      'a configuration that begins no text',
      (_, config) => (config['add_bos_token'] = false),
      'add_bos_token of the second is false, and the post_processor of the first puts <s> there',
    ],
    [
      'a configuration that ends texts',
      (_, config) => (config['add_eos_token'] = true),
      'the post_processor of the first does not put </s> there',
    ],
    [
      "a LLaMA's file without a template",
      (tokenizer) => (tokenizer['post_processor'] = null),
      'add_bos_token of the second is true, and the post_processor of the first does not put <s> there',
    ],
    ['a vocabulary without a byte', ({ model }) => delete (model['vocab'] as Json)['<0x41>'], 'it lacks 1 of them'],
    ['texts without bytes', ({ model }) => (model['byte_fallback'] = false), 'expected a vocabulary with all bytes'],
    ['a normalizer', (tokenizer) => (tokenizer['normalizer'] = { type: 'NFKC' }), 'normalizer.0.type'],
    [
      'an expression',
      (tokenizer) =>
        (tokenizer['pre_tokenizer'] = {
          type: 'Split',
          pattern: { Regex: '(?>a)' },
          behavior: 'Isolated',
          invert: false,
        }),
      "a pre_tokenizer's regular expression cannot be read",
    ],
    [
      'a class',
      (_, config) => (config['tokenizer_class'] = 'BertTokenizer'),
      'tokenizer_class "BertTokenizer" is not supported',
    ],
    [
      'an id of its own for an added token',
      (tokenizer) => ((tokenizer['added_tokens'] as Json[])[1]!['id'] = 5),
      'the added token <s> has the id 5, and 1 by the vocabulary',
    ],
  ];
  test.each(cases)('%s', (_, change, message) => {
    const directory = write(change);
    expect(() => loadTokenizer(directory)).toThrow(ModelError);
    expect(() => loadTokenizer(directory)).toThrow(message);
  });
});
