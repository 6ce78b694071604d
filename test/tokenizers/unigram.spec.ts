/** DeBERTa's tokenizers: the fixture's ids, ids of random texts in Python, and folders that are refused. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from '@jest/globals';
import { encode, loadTokenizer, ModelError, type Tokenizer } from '@lomap/models';
import { inCi, needs, required } from '../needs/needs.ts';
import { findPython } from '../peft/python.ts';
import { cases, type Case } from './texts.ts';

const fixture = resolve('../shared/fixtures/tokenizers/deberta-unigram');
const found = findPython();
const seed = 20_261_130;
const folder = mkdtempSync(join(tmpdir(), 'lomap-unigram-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Json {
  [key: string]: unknown;
}
interface TokenizerJson extends Json {
  added_tokens: Json[];
  model: Json & { vocab: [string, number][] };
  normalizer: { normalizers: Json[] };
  pre_tokenizer: { pretokenizers: Json[] };
}

const read = (name: string) => JSON.parse(readFileSync(join(fixture, name), 'utf8')) as Json;
const hubConfig = { do_lower_case: false, vocab_type: 'spm' };
let made = 0;

/** A folder of the fixture's files, changed; without tokenizer.json where `change` gives none. */
function write(change: (tokenizer: TokenizerJson, config: Json) => boolean | void, model = true): string {
  const directory = join(folder, String(made++));
  mkdirSync(directory);
  const [tokenizer, config] = [read('tokenizer.json') as TokenizerJson, read('tokenizer_config.json')];
  const isKept = change(tokenizer, config) !== false;
  if (isKept) writeFileSync(join(directory, 'tokenizer.json'), JSON.stringify(tokenizer));
  writeFileSync(join(directory, 'tokenizer_config.json'), JSON.stringify(isKept ? config : hubConfig));
  if (model) copyFileSync(join(fixture, 'spm.model'), join(directory, 'spm.model'));
  return directory;
}

const idsOf = (tokenizer: Tokenizer, texts: readonly Case[]): [number[], number[]][] =>
  texts.map(([text, pair, maxLength]) => {
    const { inputIds, tokenTypeIds } = encode(tokenizer, text, pair, maxLength);
    return [inputIds, tokenTypeIds];
  });

function python<T>(script: string, job: unknown): T {
  const path = join(folder, 'job.json');
  writeFileSync(path, JSON.stringify(job));
  const at = fileURLToPath(new URL(script, import.meta.url));
  const run = spawnSync('python' in found ? found.python : '', [at, path], { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (run.status !== 0) throw new Error(`${script} ended with ${run.status}:\n${run.stderr.slice(-4000)}`);
  return JSON.parse(run.stdout) as T;
}

function expectSame(tokenizer: Tokenizer, texts: readonly Case[], expected: readonly [number[], number[]][]): void {
  idsOf(tokenizer, texts).forEach((ours, i) => {
    expect({ case: texts[i], ids: ours[0], segments: ours[1] }).toEqual({
      ...{ case: texts[i], ids: expected[i]![0], segments: expected[i]![1] },
    });
  });
}

const missing = existsSync(fixture) ? null : 'no ../shared/fixtures/tokenizers/deberta-unigram';
needs(missing, inCi).describe("the fixture's tokenizer", () => {
  test('ids are those that were kept', () => {
    interface Expected {
      readonly text: string;
      readonly pair: string | null;
      readonly max_length?: number;
      readonly input_ids: number[];
    }
    const tokenizer = loadTokenizer(fixture);
    const expected = JSON.parse(readFileSync(join(fixture, 'expected.json'), 'utf8')) as Expected[];
    expect(expected).not.toHaveLength(0);
    for (const { text, pair, max_length, input_ids } of expected) {
      expect({ text, ids: encode(tokenizer, text, pair, max_length ?? 512).inputIds }).toEqual({
        text,
        ids: input_ids,
      });
    }
    expect(tokenizer.notes).toEqual([]);
  });

  test('spm.model alone is read, with its own map of characters, and a note says so', () => {
    const directory = write(() => false);
    const tokenizer = loadTokenizer(directory);
    const ids = (text: string) => encode(tokenizer, text, null, 512).inputIds;
    expect(ids('ﬁne  ＡＢＣ ')).toEqual(ids('fine ABC'));
    expect(ids('ﬁne')).not.toEqual(encode(loadTokenizer(fixture), 'ﬁne', null, 512).inputIds);
    expect([tokenizer.idOf('[MASK]'), tokenizer.largestId]).toEqual([2000, 2000]);
    expect(tokenizer.notes).toEqual([
      expect.stringMatching(/no tokenizer\.json: .*spm\.model was read.*transformers 5/),
    ]);
    rmSync(join(directory, 'tokenizer_config.json'));
    expect(idsOf(loadTokenizer(directory), [['A text.', 'Its pair.', 9]])).toEqual(
      idsOf(tokenizer, [['A text.', 'Its pair.', 9]]),
    );
  });

  const refused: [string, RegExp, (tokenizer: TokenizerJson, config: Json) => boolean | void][] = [
    ['another piece', /the piece 5 is "▁".*second and "x"/, ({ model }) => void (model.vocab[5]![0] = 'x')],
    ['another score', /the piece 5 is "▁" \(-3\.14/, ({ model }) => void (model.vocab[5]![1] = -3)],
    [
      'fewer pieces',
      /the second has 2000 pieces, the first 1999/,
      ({ model, added_tokens }) => {
        model.vocab.pop();
        added_tokens.at(-1)!['id'] = 1999;
      },
    ],
    ['lower case', /do_lower_case of the second is true/, (_, config) => void (config['do_lower_case'] = true)],
    ['another unknown token', /unknown token of the first is ▁/, ({ model }) => void (model['unk_id'] = 5)],
    ['no template', /post_processor is neither/, (tokenizer) => void (tokenizer['post_processor'] = null)],
    [
      'another template',
      /puts its cls_token and sep_token around texts/,
      (tokenizer) =>
        void (tokenizer['post_processor'] = { type: 'BertProcessing', cls: ['[CLS]', 2], sep: ['[SEP]', 1] }),
    ],
    [
      'another class',
      /"T5Tokenizer" is not supported/,
      (_, config) => void (config['tokenizer_class'] = 'T5Tokenizer'),
    ],
    ['words of punctuation', /split_by_punct: is not/, (_, config) => void (config['split_by_punct'] = true)],
    [
      'no mark at the start',
      /prepend_scheme: only "always"/,
      ({ pre_tokenizer }) => void (pre_tokenizer.pretokenizers[0]!['prepend_scheme'] = 'first'),
    ],
    [
      'an unknown expression',
      /expected a String, or one of the expressions/,
      ({ normalizer }) => void (normalizer.normalizers[0]!['pattern'] = { Regex: '(a+)+$' }),
    ],
    ['bytes', /model\.byte_fallback: is not supported/, ({ model }) => void (model['byte_fallback'] = true)],
    ['an unknown id outside', /unk_id: is no piece/, ({ model }) => void (model['unk_id'] = 5000)],
    [
      'a broken map of characters',
      /the character map of 12 bytes begins with a trie of 4294967292 bytes/,
      ({ normalizer }) =>
        void normalizer.normalizers.unshift({
          type: 'Precompiled',
          precompiled_charsmap: Buffer.from([252, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0]).toString('base64'),
        }),
    ],
  ];
  test.each(refused)('%s is refused', (_, message, change) => {
    const loading = () => loadTokenizer(write(change));
    expect(loading).toThrow(ModelError);
    expect(loading).toThrow(message);
  });

  const python3 = needs('missing' in found ? found.missing : null, required('peft'));
  const texts = cases(400, seed);
  /** Ordinary words in the tokenizer's language, and what normalisation is about. */
  const spaced: Case[] = [
    ' a',
    'a ',
    '\u3000a\u3000',
    'a\u0085b',
    'a\r\nb',
    '▁a▁▁b',
    '½ ① ™',
    'ｶﾞ',
    'a\u200db',
    '[MASK] b',
  ].map((text) => [text, null, 512]);

  python3.test('random texts have the ids of transformers', () => {
    type Answer = { readonly encodings?: [number[], number[]][]; readonly error?: string };
    const takenAsItIs = {
      tokenizer_class: 'PreTrainedTokenizerFast',
      model_input_names: ['input_ids', 'token_type_ids'],
    };
    const asItIs = write((_, config) => void Object.assign(config, takenAsItIs));
    const spacious = write(({ added_tokens }, config) => {
      Object.assign(added_tokens.at(-1)!, { lstrip: true, rstrip: true });
      Object.assign(config, takenAsItIs);
    });
    const directories = [fixture, asItIs, spacious];
    const all = [...texts, ...spaced, ...['a  [MASK]\u3000 b', ' [MASK] '].map((text): Case => [text, null, 512])];
    const { answers } = python<{ answers: Answer[] }>(
      'encode.py',
      directories.map((directory) => ({ directory, texts: all })),
    );
    directories.forEach((directory, i) => {
      expect(answers[i]!.error).toBeUndefined();
      expectSame(loadTokenizer(directory), all, answers[i]!.encodings!);
    });
  });

  for (const lowercase of [false, true]) {
    python3.test(`spm.model has the ids of transformers 4's conversion, lower case ${lowercase}`, () => {
      const directory = write(() => false);
      writeFileSync(
        join(directory, 'tokenizer_config.json'),
        JSON.stringify({ ...hubConfig, do_lower_case: lowercase }),
      );
      const all = [...texts, ...spaced];
      const model = join(directory, 'spm.model');
      expectSame(loadTokenizer(directory), all, python('unigram.py', { model, lowercase, texts: all }));
    });
  }
});

describe('damaged models', () => {
  const bare = (bytes: Uint8Array): string => {
    const directory = join(folder, String(made++));
    mkdirSync(directory);
    writeFileSync(join(directory, 'spm.model'), bytes);
    return directory;
  };
  test.each<[string, number[], RegExp]>([
    ['an empty file', [], /spm\.model cannot be used: it has no pieces/],
    ['a length beyond the end', [0x0a, 0x7f, 0x0a, 0x01], /it is no SentencePiece model/],
    ['an empty piece', [0x0a, 0x02, 0x0a, 0x00], /the piece 0 is empty/],
    [
      'no such unknown id',
      [0x0a, 0x03, 0x0a, 0x01, 0x61, 0x12, 0x03, 0xc0, 0x02, 0x07],
      /unk_id is 7, and it has 1 pieces/,
    ],
    ['a model of bytes pairs', [0x0a, 0x03, 0x0a, 0x01, 0x61, 0x12, 0x02, 0x18, 0x02], /its model_type is 2/],
    [
      'a score that is no number',
      [0x0a, 0x08, 0x0a, 0x01, 0x61, 0x15, 0, 0, 0xc0, 0x7f],
      /the score of the piece 0 is NaN/,
    ],
  ])('%s', (_, bytes, message) => {
    const loading = () => loadTokenizer(bare(Uint8Array.from(bytes)));
    expect(loading).toThrow(ModelError);
    expect(loading).toThrow(message);
  });
});
