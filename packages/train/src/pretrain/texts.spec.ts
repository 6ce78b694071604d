import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { key } from '@lomap/compile';
import { loadTokenizer, specialTokens, writeWordPiece, type Tokenizer } from '@lomap/models';
import { encodeTexts, sentencesOf, textsSha256, unigramLoss } from './texts.ts';

const folder = mkdtempSync(join(tmpdir(), 'lomap-texts-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ['One.', ['One.']],
  ['Is it? It is! So.', ['Is it?', 'It is!', 'So.']],
  ['At 3.5 degrees.  Cold.', ['At 3.5 degrees.', 'Cold.']],
  ['', []],
])('%j has the sentences %j', (text, sentences) => {
  expect(sentencesOf(text)).toEqual(sentences);
});

describe('encodeTexts', () => {
  let tokenizer: Tokenizer;
  beforeAll(async () => {
    await writeWordPiece(folder, [...specialTokens, '.', 'a', 'b', 'c'], 16);
    tokenizer = loadTokenizer(folder);
  });
  const encoded = (texts: readonly string[], pairShare: number) =>
    encodeTexts(tokenizer, texts, { pairShare, maxLength: 16, key: key(1) });

  test('a text of one sentence stays one; of others the share becomes pairs', async () => {
    expect((await encoded(['a.', '', 'a. b.'], 0)).map(({ inputIds }) => inputIds)).toEqual([
      [2, 6, 5, 3],
      [2, 6, 5, 7, 5, 3],
    ]);
    const [single, pair] = await encoded(['a.', 'a. b.'], 1);
    expect(single!.tokenTypeIds).toEqual([0, 0, 0, 0]);
    expect(pair).toEqual({ inputIds: [2, 6, 5, 3, 7, 5, 3], tokenTypeIds: [0, 0, 0, 0, 1, 1, 1] });
    const many = await encoded(new Array<string>(400).fill('a. b.'), 0.5);
    const half = many.filter(({ inputIds }) => inputIds.length === 7);
    expect(Math.abs(half.length - 200)).toBeLessThan(40);
  });

  test('three sentences are cut after the first or the second', async () => {
    const many = await encoded(new Array<string>(100).fill('a. b. c.'), 1);
    const firsts = many.map(({ tokenTypeIds }) => tokenTypeIds.indexOf(1));
    expect([...new Set(firsts)].sort()).toEqual([4, 6]);
  });
});

test('the hash is of the texts, not of how they are joined', () => {
  expect(textsSha256(['a', 'b'])).not.toBe(textsSha256(['a\nb']));
  expect(textsSha256(['a', 'b'])).toMatch(/^[0-9a-f]{64}$/);
});

test('the loss of token frequencies', () => {
  const train = [{ inputIds: [0, 1, 1, 2], tokenTypeIds: [0, 0, 0, 0] }];
  // One is added to each: 3 of 6 for token 1, 2 for token 2, 1 for token 3.
  const loss = unigramLoss(train, [1, 2], 4, new Set([0]));
  expect(loss).toBeCloseTo(-(Math.log(3 / 6) + Math.log(2 / 6)) / 2, 12);
});
