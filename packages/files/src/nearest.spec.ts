import { expect, test } from '@jest/globals';
import { didYouMean, nearest } from './nearest.ts';

test('nearest: by edit distance, then by name, each name once', () => {
  expect(nearest('lorra', ['dora', 'lora', 'bora', 'lora'])).toEqual(['lora', 'bora', 'dora']);
  expect(nearest('lorra', ['dora', 'lora', 'bora'], 1)).toEqual(['lora']);
  expect(nearest('x', [])).toEqual([]);
});

test('didYouMean: the nearest word where it is near, whatever its case', () => {
  expect(didYouMean('LORA', ['lora', 'dora'])).toBe(' Did you mean "lora"?');
  expect(didYouMean('learningrate', ['learningRate', 'epochs'])).toBe(' Did you mean "learningRate"?');
  expect([didYouMean('something', ['lora']), didYouMean('x', [])]).toEqual(['', '']);
});
