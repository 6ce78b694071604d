import { expect, test } from '@jest/globals';
import { exceeding, mayExceed } from './tables.ts';
import type { Tokenizer } from './tokenizer.ts';

const tokenizer: Pick<Tokenizer, 'directory' | 'segments' | 'template' | 'largestId' | 'tokenOf'> = {
  directory: 'model',
  segments: true,
  template: {
    single: [{ id: 'A', type: 0 }],
    pair: [
      { id: 'A', type: 0 },
      { id: 'B', type: 1 },
    ],
  },
  largestId: 9,
  tokenOf: (id) => `<${id}>`,
};
const sizes = { vocabularySize: 10, tokenTypes: 2, maxPositions: 3 };

test.each([
  ['all fits', {}, 3, false],
  ['a token', { vocabularySize: 9 }, 3, true],
  ['a segment', { tokenTypes: 1 }, 3, true],
  ['a position', {}, 4, true],
])('whether anything may exceed: %s', (_, changes, maxLength, expected) => {
  expect(mayExceed(tokenizer as Tokenizer, { ...sizes, ...changes }, maxLength)).toBe(expected);
});

test('a model that is not told of segments needs one row of them', () => {
  expect(mayExceed({ ...tokenizer, segments: false } as Tokenizer, { ...sizes, tokenTypes: 1 }, 3)).toBe(false);
});

test.each([
  [[0, 9], [0, 1], null],
  [
    [0, 10, 11],
    [0, 0, 0],
    'the token "<10>" has the id 10 in model, whose model\'s word embedding has 10 rows (ids 0 to 9)',
  ],
  [[0, 1], [0, 2], "segment 2 by the post_processor of model, whose model's segment embedding has 2 rows"],
  [[0, 1, 2, 3], [0, 0, 0, 0], 'the text has 4 tokens, and the model of model 3 positions'],
])('ids %j in segments %j: %s', (inputIds, tokenTypeIds, expected) => {
  const found = exceeding(tokenizer as Tokenizer, { inputIds, tokenTypeIds }, sizes);
  if (expected === null) expect(found).toBeNull();
  else expect(found).toContain(expected);
});
