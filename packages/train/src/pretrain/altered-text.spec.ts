import { describe, expect, test } from '@jest/globals';
import { key, tf } from '@lomap/compile';
import { plainContext, type Encoding } from '@lomap/models';
import { alterationSource, alteredTextLoss } from './altered-text.ts';

const [CLS, SEP] = [0, 1];
const specialIds = new Set([CLS, SEP]);
const single = (...ids: number[]): Encoding => ({
  inputIds: [CLS, ...ids, SEP],
  tokenTypeIds: ids.map(() => 0).concat(0, 0),
});
const pair = (a: number[], b: number[]): Encoding => ({
  inputIds: [CLS, ...a, SEP, ...b, SEP],
  tokenTypeIds: [...[CLS, ...a, SEP].map(() => 0), ...[...b, SEP].map(() => 1)],
});
/** All that becomes of a row under many keys; null: left as it is. */
const outcomes = (texts: Encoding[], row: number, maxLength = 64): (string | null)[] => {
  const source = alterationSource(texts, specialIds, maxLength);
  return Array.from({ length: 400 }, (_, i) => source.alter(row, key(1, i))?.inputIds.join(' ') ?? null);
};
const kinds = (found: (string | null)[]): Set<string | null> => new Set(found);

describe('alterationSource', () => {
  test('half of the texts are altered, each by the key alone, special tokens never', () => {
    const texts = [pair([2, 3, 4], [5, 6, 7]), pair([2, 8, 4], [5, 9, 7]), single(2, 3, 4)];
    for (const row of [0, 1, 2]) {
      const found = outcomes(texts, row);
      expect(found).toEqual(outcomes(texts, row));
      const share = found.filter((text) => text !== null).length / found.length;
      expect(share).toBeGreaterThan(0.25);
      expect(share).toBeLessThan(0.6);
    }
    const source = alterationSource(texts, specialIds, 64);
    for (let i = 0; i < 100; i++) {
      const altered = source.alter(0, key(2, i));
      if (!altered) continue;
      expect(altered.inputIds.slice(0, 5)).toEqual(texts[0]!.inputIds.slice(0, 5));
      expect(altered.inputIds.filter((id) => specialIds.has(id))).toEqual([CLS, SEP, SEP]);
      expect(altered.tokenTypeIds).toHaveLength(altered.inputIds.length);
      expect(altered.inputIds).not.toEqual(texts[0]!.inputIds);
    }
  });

  test('a single text: a token replaced by one of the corpus, two exchanged, or one of the same surroundings', () => {
    const found = kinds(outcomes([single(2, 3, 4), single(2, 5, 4)], 0));
    // exchanged, and plausible where replaced might have put it too
    for (const text of ['0 3 2 4 1', '0 4 3 2 1', '0 2 4 3 1', '0 2 5 4 1', null]) expect(found).toContain(text);
    // replaced, by a token that stands elsewhere
    expect(found).toContain('0 5 3 4 1');
    expect(found).not.toContain('0 2 3 4 1');
  });

  test('a pair also takes the second segment of another pair, unless it is the same or too long', () => {
    const texts = [pair([2, 3], [4, 5]), pair([6], [7, 8, 9]), single(10, 11)];
    expect(kinds(outcomes(texts, 0))).toContain('0 2 3 1 7 8 9 1');
    expect(kinds(outcomes(texts, 0, 7))).not.toContain('0 2 3 1 7 8 9 1');
    const alike = kinds(outcomes([pair([2, 3], [4, 5]), pair([6, 7], [4, 5])], 0));
    expect(alike).not.toContain('0 2 3 1 4 5 1');
  });

  test('a text of one word twice is left alone where there is nothing to exchange or put in its place', () => {
    expect(kinds(outcomes([single(2, 2)], 0))).toEqual(new Set([null]));
  });
});

test('the loss is the cross-entropy of the head on the pooled token, fillers left out', () => {
  const weight = [
    [0.1, -0.2],
    [0.3, 0.4],
  ];
  const pooled = [
    [0.5, -0.5],
    [-0.25, 0.75],
    [1, 1],
  ];
  const bias = [0.05, -0.05];
  const context = plainContext((name) => (name.endsWith('bias') ? tf.tensor1d(bias) : tf.tensor2d(weight)));
  const loss = alteredTextLoss(context, tf.tensor2d(pooled), tf.tensor1d([1, 0, 0]), tf.tensor1d([1, 1, 0]));
  const expected = [1, 0].map((label, row) => {
    const logits = weight.map((w, c) => w[0]! * pooled[row]![0]! + w[1]! * pooled[row]![1]! + bias[c]!);
    return Math.log(Math.exp(logits[0]!) + Math.exp(logits[1]!)) - logits[label]!;
  });
  expect(loss.dataSync()[0]).toBeCloseTo((expected[0]! + expected[1]!) / 2, 5);
});
