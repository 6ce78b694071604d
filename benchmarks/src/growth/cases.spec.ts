import { expect, test } from '@jest/globals';
import { modelShapes } from '../common/model-shapes.ts';
import { baseCase, casesAlong, shapeOf } from './cases.ts';

test('the base case has MiniLM’s shape, and other widths its proportions', () => {
  expect(baseCase).toEqual({ layers: 6, width: 384, length: 32, rank: 8 });
  expect(shapeOf(baseCase)).toEqual(modelShapes.minilm);
  expect(shapeOf({ ...baseCase, width: 192, layers: 2 })).toEqual({
    hidden: 192,
    layers: 2,
    heads: 6,
    intermediate: 768,
    vocabulary: 30522,
  });
});

test('one dimension changes, and the base case is always among the cases', () => {
  expect(casesAlong('length', [128, 16])).toEqual([
    { ...baseCase, length: 16 },
    baseCase,
    { ...baseCase, length: 128 },
  ]);
  expect(casesAlong('rank', [8])).toEqual([baseCase]);
});
