import { describe, expect, test } from '@jest/globals';
import { key } from '@lomap/compile';
import type { Encoding } from '@lomap/models';
import { maskForEvaluation, maskTokens, trainingMaskKey, type MaskingVocabulary } from './masking.ts';

const vocabulary: MaskingVocabulary = { vocabularySize: 50, maskId: 4, specialIds: new Set([0, 1, 2, 3, 4]) };

/** [CLS], then `length` tokens from 5 on, then [SEP]. */
function text(length: number): Encoding {
  const inputIds = [2, ...Array.from({ length }, (_, i) => 5 + (i % 45)), 3];
  return { inputIds, tokenTypeIds: inputIds.map(() => 0) };
}

describe('maskTokens', () => {
  test.each([
    [1, 1],
    [3, 1],
    [10, 2],
    [20, 3],
    [100, 15],
  ])('of %d tokens %d are predicted', (length, count) => {
    const example = text(length);
    const { inputIds, positions, targets } = maskTokens(example, vocabulary, key(1));
    expect(positions).toHaveLength(count);
    expect(new Set(positions).size).toBe(count);
    expect(targets).toEqual(positions.map((position) => example.inputIds[position]));
    const untouched = inputIds.filter((_, position) => !positions.includes(position));
    expect(untouched).toEqual(example.inputIds.filter((_, position) => !positions.includes(position)));
  });

  test('80 % are hidden, 10 % replaced by any other token, 10 % kept; every token is as likely', () => {
    const fates = { hidden: 0, kept: 0, replaced: 0 };
    const replacements = new Set<number>();
    const chosen = new Array<number>(12).fill(0);
    for (let i = 0; i < 6000; i++) {
      const { inputIds, positions, targets } = maskTokens(text(10), vocabulary, key(i));
      positions.forEach((position, j) => {
        chosen[position]!++;
        const id = inputIds[position]!;
        if (id === vocabulary.maskId) fates.hidden++;
        else if (id === targets[j]) fates.kept++;
        else {
          fates.replaced++;
          replacements.add(id);
        }
      });
    }
    expect(fates.hidden / 12_000).toBeCloseTo(0.8, 1.7);
    expect(fates.replaced / 12_000).toBeCloseTo(0.1, 1.7);
    expect([...replacements].sort((a, b) => a - b)).toEqual(Array.from({ length: 45 }, (_, i) => 5 + i));
    expect([chosen[0], chosen[11]]).toEqual([0, 0]);
    for (const count of chosen.slice(1, 11)) expect(Math.abs(count - 1200)).toBeLessThan(150);
  });

  test('the special tokens may lie anywhere', () => {
    const others: MaskingVocabulary = { vocabularySize: 4, maskId: 2, specialIds: new Set([2, 0]) };
    const seen = new Set<number>();
    for (let i = 0; i < 300; i++) {
      const { inputIds } = maskTokens({ inputIds: [0, 1], tokenTypeIds: [0, 0] }, others, key(i));
      seen.add(inputIds[1]!);
    }
    expect([...seen].sort()).toEqual([1, 2, 3]);
  });

  test('is a function of its key', () => {
    const at = (epoch: number, row: number): unknown =>
      maskTokens(text(30), vocabulary, trainingMaskKey(1, epoch, row));
    expect(at(0, 3)).toEqual(at(0, 3));
    expect(at(1, 3)).not.toEqual(at(0, 3));
    expect(at(0, 4)).not.toEqual(at(0, 3));
    expect(maskForEvaluation([text(30)], vocabulary)).toEqual(maskForEvaluation([text(30)], vocabulary));
    expect(maskForEvaluation([text(30)], vocabulary, 1)).not.toEqual(maskForEvaluation([text(30)], vocabulary));
  });

  test('an example without tokens is an error', () => {
    expect(() => maskTokens(text(0), vocabulary, key(1))).toThrow('special tokens alone');
  });
});
