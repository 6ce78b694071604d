import { expect, test } from '@jest/globals';
import { formatPredictions } from './predictions.ts';

test('one column a class, with the fewest digits that give the float32 back', () => {
  const logits = [Math.fround(0.1), Math.fround(-1 / 3), 16777216];
  const text = formatPredictions([{ split: 'dev', index: 4, label: 2, logits }]);
  expect(text).toBe('split,index,label,logit_0,logit_1,logit_2\ndev,4,2,0.1,-0.33333334,16777216\n');
  const read = text
    .split('\n')[1]!
    .split(',')
    .slice(3)
    .map((word) => Math.fround(Number(word)));
  expect(read).toEqual(logits);
});

test('a regression has one prediction; a target that is no float32 keeps its digits', () => {
  expect(formatPredictions([{ split: 'dev', index: 0, label: 3.1234567891234, logits: [3] }])).toBe(
    'split,index,label,prediction\ndev,0,3.1234567891234,3\n',
  );
});

test('refuses ragged and infinite rows', () => {
  const first = { split: 'dev', index: 0, label: 0, logits: [1, 2] };
  expect(() => formatPredictions([first, { ...first, index: 9, logits: [1] }])).toThrow(/example 9 of dev: 1 logits/);
  expect(() => formatPredictions([{ ...first, logits: [1, Number.NaN] }])).toThrow(/example 0 of dev: a value is not/);
});
