import { expect, test } from '@jest/globals';
import { extractAnswer } from './extract.ts';

test.each([
  ['boolean', '  the correct answer is true', 'true'],
  ['boolean', 'untrue, so false', 'true'],
  ['boolean', 'True', null],
  ['answer', 'the correct answer is answer15', 'answer1'],
  ['answer', 'answer2 or answer1', 'answer2'],
  ['answer', 'answer 2', null],
  ['answer', 'answer5', 'answer5'],
  ['answer', '', null],
  ['solution', 'Solution1 is solution2', 'solution2'],
  ['solution', 'solution3', null],
  ['ending', 'ending4', 'ending4'],
  ['option', 'ending1 option2', 'option2'],
  ['option', 'so\n\n### Response:\n option1', null],
] as const)('%s: %j says %j', (form, response, expected) => {
  expect(extractAnswer(form, response)).toBe(expected);
});
