import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { needs } from '../../../../test/needs/needs.ts';
import { encode, loadTokenizer } from './tokenizer.ts';
import { countWords, wordPieceTokenizerJson, writeWordPiece } from './train-wordpiece-files.ts';
import { specialTokens, trainWordPiece } from './train-wordpiece.ts';

const folder = temporaryFolder();
const counts = new Map([
  ['low', 5],
  ['lower', 2],
  ['newest', 6],
  ['widest', 3],
]);
const size = (vocabularySize: number, minFrequency = 1) => ({ vocabularySize, minFrequency });

describe('the trainer', () => {
  const alphabet = [...'deilnorstw', ...['##d', '##e', '##i', '##o', '##r', '##s', '##t', '##w']];

  test('special tokens, the alphabet with its inner forms, then the most frequent pairs', () => {
    // The pairs of Sennrich et al.'s example: es (9), est (9), then lo (7), low (7).
    const vocabulary = trainWordPiece(counts, size(27));
    expect(vocabulary).toEqual([...specialTokens, ...alphabet, '##es', '##est', 'lo', 'low']);
  });

  test('stops where no pair is frequent enough, and where every word is whole', () => {
    expect(trainWordPiece(counts, size(100, 7))).toEqual([...specialTokens, ...alphabet, '##es', '##est', 'lo', 'low']);
    const all = trainWordPiece(counts, size(100));
    expect(all).toEqual(expect.arrayContaining([...counts.keys()]));
    expect(new Set(all).size).toBe(all.length);
  });

  test('pieces that only led to others make room where that is asked for', () => {
    // es leads to est and lo to low; their places go to ne and west.
    expect(trainWordPiece(counts, { ...size(27), dropUnused: true }).slice(23)).toEqual([
      '##est',
      'low',
      'ne',
      '##west',
    ]);
    const whole = trainWordPiece(counts, { ...size(100), dropUnused: true });
    expect(whole).toEqual([...specialTokens, ...alphabet, 'low', 'newest', 'widest', 'lower']);
  });

  test('depends on the counts, not on their order', () => {
    const reversed = new Map([...counts].reverse());
    expect(trainWordPiece(reversed, size(40))).toEqual(trainWordPiece(counts, size(40)));
  });

  test.each([
    [size(22), 'A vocabulary of 22 tokens has no room for 5 special tokens and an alphabet of 18'],
    [size(0), 'vocabularySize is 0'],
    [size(30, 0.5), 'minFrequency is 0.5'],
  ])('%j is refused', (settings, message) => {
    expect(() => trainWordPiece(counts, settings)).toThrow(message);
  });
});

test('words are counted as the tokenizer splits them', () => {
  expect([...countWords(["The cat's CAFÉ.", 'the'])]).toEqual([
    ['the', 2],
    ['cat', 1],
    ["'", 1],
    ['s', 1],
    ['cafe', 1],
    ['.', 1],
  ]);
});

test('a vocabulary that does not begin with the special tokens is refused', () => {
  expect(() => wordPieceTokenizerJson(['[PAD]', 'a'])).toThrow('Token 1 is a; expected [UNK].');
});

describe('the files', () => {
  const texts = ['The newest 42 lows are lower, not the widest.', 'Néwest? WIDE low-est!', ''];
  const words = countWords(texts);
  const vocabulary = trainWordPiece(words, size(60));
  const directory = join(folder, 'trained');

  test('are read back with the same ids', async () => {
    await writeWordPiece(directory, vocabulary, 64);
    const tokenizer = loadTokenizer(directory);
    const id = (token: string): number => vocabulary.indexOf(token);
    expect(readFileSync(join(directory, 'vocab.txt'), 'utf8').split('\n').slice(0, -1)).toEqual(vocabulary);
    const { inputIds, tokenTypeIds } = encode(tokenizer, 'low', 'zlow', 64);
    expect(inputIds).toEqual([2, id('low'), 3, 1, 3]);
    expect(tokenTypeIds).toEqual([0, 0, 0, 1, 1]);
    for (const word of words.keys()) {
      const pieces = encode(tokenizer, word, null, 64).inputIds.slice(1, -1);
      expect(pieces.map((piece) => vocabulary[piece]!.replace(/^##/, '')).join('')).toBe(word);
    }
  });

  const python = [
    'import json, sys',
    'from tokenizers import Tokenizer',
    'tokenizer = Tokenizer.from_file(sys.argv[1])',
    'encodings = [tokenizer.encode(*(t for t in texts if t is not None)) for texts in json.load(sys.stdin)]',
    'print(json.dumps([[e.ids, e.type_ids] for e in encodings]))',
  ].join('\n');
  const hasPython = spawnSync('python3', ['-c', 'import tokenizers']).status === 0;
  const withPython = needs(hasPython ? null : "no Python with Hugging Face's tokenizers");

  withPython.test("give the ids of Python's tokenizers", async () => {
    await writeWordPiece(directory, vocabulary, 64);
    const tokenizer = loadTokenizer(directory);
    const pairs = texts.flatMap((text, i) => [
      [text, null],
      [text, texts[(i + 1) % texts.length]!],
    ]) as [string, string | null][];
    const file = join(directory, 'tokenizer.json');
    const { stdout } = spawnSync('python3', ['-c', python, file], { input: JSON.stringify(pairs), encoding: 'utf8' });
    expect(JSON.parse(stdout)).toEqual(
      pairs.map(([text, pair]) => {
        const { inputIds, tokenTypeIds } = encode(tokenizer, text, pair, 512);
        return [inputIds, tokenTypeIds];
      }),
    );
  });
});
