import { expect, test } from '@jest/globals';
import { formatRatio } from './numbers.ts';

test.each<[number | null, string]>([
  [0.0123, '0.0123'],
  [-0.5, '−0.5000'],
  [0, '0.0000'],
  [8e-5, '8.0e−5'],
  [-1.2e-5, '−1.2e−5'],
  [null, '–'],
])('the ratio %p is printed %s', (value, text) => {
  expect(formatRatio(value)).toBe(text);
});
