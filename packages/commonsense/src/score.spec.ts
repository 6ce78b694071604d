import { describe, expect, test } from '@jest/globals';
import { seenInTraining, withoutCopies } from './leaks.ts';
import { ask } from './protocols/protocol.ts';
import { meanOfTasks, recordChoice, recordGeneration, scoreRecords, standardError } from './score.ts';
import { task } from './tasks.ts';
import { questionOf } from './testing/rows.ts';

const arc = questionOf('arc', 5);
const choice = ask('cloze', task('arc_e'), arc);
const generation = ask('llm-adapters', task('arc_e'), arc);
if (choice.kind !== 'choice' || generation.kind !== 'generation') throw new Error('expected one of each');

describe('a record a question', () => {
  test('by likelihood, and by likelihood a character', () => {
    // iron, wood, wool, wax: 4, 4, 4, 3 characters.
    expect(recordChoice(arc, choice, [-4, -3.9, -5, -3], true)).toEqual({
      index: 5,
      answer: 'answer1',
      predicted: 'answer4',
      predictedNorm: 'answer2',
      seen: true,
      logLikelihoods: { answer1: -4, answer2: -3.9, answer3: -5, answer4: -3 },
    });
  });

  test('of equal ones the first; what is not a number never', () => {
    expect(recordChoice(arc, choice, [-2, -1, -1, -1], false).predicted).toBe('answer2');
    expect(recordChoice(arc, choice, [NaN, -3, -Infinity, -4], false).predicted).toBe('answer2');
    expect(recordChoice(arc, choice, [NaN, NaN, NaN, NaN], false)).toMatchObject({
      predicted: null,
      predictedNorm: null,
    });
    expect(() => recordChoice(arc, choice, [1], false)).toThrow('expected 4 log-likelihoods, one a choice, found 1.');
  });

  test('in writing', () => {
    expect(recordGeneration(arc, generation, 'the correct answer is answer1', false)).toEqual({
      ...{ index: 5, answer: 'answer1', predicted: 'answer1', seen: false },
      generated: 'the correct answer is answer1',
    });
  });
});

describe('scores', () => {
  const record = (predicted: string | null, seen = false) => ({ index: 0, answer: 'true', predicted, seen });

  test('shares of all questions, and of those that training has not', () => {
    const records = [record('true', true), record('true'), record('false'), record(null)];
    expect(scoreRecords(records)).toEqual({
      ...{ accuracy: 0.5, no_answer_rate: 0.25, accuracy_unseen: 1 / 3, seen_rate: 0.25 },
    });
    expect(scoreRecords([record('true', true)])).toEqual({ accuracy: 1, no_answer_rate: 0, seen_rate: 1 });
    expect(() => scoreRecords([])).toThrow(RangeError);
  });

  test('by characters where every record has it', () => {
    const records = [-4, -2].map((second) => recordChoice(arc, choice, [-3, second, -9, -2.9], false));
    expect(scoreRecords(records)).toMatchObject({ accuracy: 0, accuracy_norm: 0.5 });
  });

  test('the mean of tasks and its error', () => {
    expect(standardError(0.5, 100)).toBeCloseTo(0.05, 15);
    const { value, standardError: error } = meanOfTasks([
      { value: 0.5, n: 100 },
      { value: 0.9, n: 900 },
    ]);
    expect(value).toBeCloseTo(0.7, 15);
    expect(error).toBeCloseTo(Math.sqrt(0.0025 + 0.0001) / 2, 15);
  });
});

test('a question is seen where its text is in training, whatever its choices and letters', () => {
  const other = { ...arc, question: 'which  is a METAL?', choices: [] };
  expect(seenInTraining([arc, questionOf('boolq', 1)], [other])).toEqual(new Set([5]));
});

test('copies of WinoGrande’s rows go, others stay', () => {
  const [first, copy] = [questionOf('winogrande', 0), questionOf('winogrande', 1)];
  const twin = { ...questionOf('winogrande', 2), output: 'the correct answer is option2' };
  const others = [questionOf('arc', 3), questionOf('arc', 4)];
  expect(withoutCopies([first, copy, twin, ...others])).toEqual([first, twin, ...others]);
});
