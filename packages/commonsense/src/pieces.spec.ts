import { describe, expect, test } from '@jest/globals';
import { characters, encodePair, settle, strip } from './pieces.ts';

/** A token a word with the space before it, after a beginning of text. */
const encode = (text: string): number[] => [0, ...(text.match(/\s*\S+|\s+$/g) ?? []).map((word) => word.length)];

test('white space at the context’s end goes to the continuation', () => {
  expect(settle({ context: 'a b \n', continuation: ' c' })).toEqual({ context: 'a b', continuation: ' \n c' });
  expect(settle({ context: 'a b', continuation: ' c' })).toEqual({ context: 'a b', continuation: ' c' });
});

describe('a pair as tokens', () => {
  test('the continuation’s are those beyond the context’s own number', () => {
    expect(encodePair({ context: 'one two', continuation: ' three four' }, encode, 10)).toEqual({
      ids: [0, 3, 4, 6, 5],
      scored: 2,
    });
    // "on" and "e" are one word together: its token belongs to the context's place.
    expect(encodePair({ context: 'on', continuation: 'e two' }, encode, 10)).toEqual({ ids: [0, 3, 4], scored: 1 });
  });

  test('what is too long loses its beginning; the last token is only predicted', () => {
    expect(encodePair({ context: 'a bb ccc', continuation: ' dddd' }, encode, 2)).toEqual({
      ids: [3, 4, 5],
      scored: 1,
    });
  });

  test('nothing to score is an error', () => {
    expect(() => encodePair({ context: 'one', continuation: '' }, encode, 10)).toThrow(/1 to 1 tokens .* found 0/);
    expect(() => encodePair({ context: 'one', continuation: ' two three four' }, encode, 2)).toThrow(/takes 2 tokens/);
  });
});

test('lengths and white space are Python’s', () => {
  expect(characters('naïve 🦆')).toBe(7);
  expect(strip('\u00a0\u0085 a\u001c\ufeff')).toBe('a\u001c\ufeff');
  expect(strip('\t a b\u2003\u001f')).toBe('a b');
});
