import { describe, expect, test } from '@jest/globals';
import { DataError } from './data-error.ts';
import { readQuestion } from './question.ts';
import { questionOf, row, rows } from './testing/rows.ts';

describe('a row of each form comes apart into question and choices', () => {
  test.each([
    ['boolq', 'can geese swim?', ['true', 'false'], ['true', 'false'], 0],
    ['piqa', 'Dry a wet hat', ['Hang it up ', 'Freeze it'], ['solution1', 'solution2'], 0],
    [
      'siqa',
      'Ada lent Bo a saw. Why did Ada do this?',
      ['to help', 'to win', 'to rest'],
      ['answer1', 'answer2', 'answer3'],
      0,
    ],
    [
      'hellaswag',
      'Gardening: [header] How to grow beans [title] Dig a bed. [step] Make it deep.',
      ['[step] Water  it.', 'sing', '[title] Wait [step] a week', 'leave'],
      ['ending1', 'ending2', 'ending3', 'ending4'],
      2,
    ],
    ['winogrande', 'The key did not fit the lock as _ was bent .', ['the key', 'the lock'], ['option1', 'option2'], 0],
    ['arc', 'Which is a metal?', ['iron', 'wood', 'wool', 'wax'], ['answer1', 'answer2', 'answer3', 'answer4'], 0],
  ] as const)('%s', (name, question, choices, labels, answer) => {
    expect(questionOf(name, 7)).toMatchObject({
      ...{ index: 7, question, choices, labels, answer },
      ...{ instruction: rows[name].instruction, output: rows[name].output },
    });
  });
});

describe('what is no question is one error that names file, row and what was expected', () => {
  const arc = rows.arc.instruction;
  const cases: [string, unknown, RegExp][] = [
    ['an answer outside the choices', row(arc, 'answer5'), /an answer among answer1, .*answer4, found "answer5"/],
    ['an answer of another form', row(arc, 'option1'), /an answer among answer1/],
    ['another output', { ...rows.arc, output: 'answer1' }, /expected the output "the correct answer is answer1"/],
    ['an input', { ...rows.arc, input: 'x' }, /expected an empty input, found "x"/],
    ['a missing key', { ...rows.arc, answer: undefined }, /the texts instruction, .*; answer is missing/],
    ['a number', { ...rows.arc, answer: 1 }, /answer is no text but 1/],
    ['no object', null, /instruction is missing/],
    ['another wording', row('Pick one: a or b', 'answer1'), /expected an instruction that begins with one of "Please/],
    ['no format', row(arc.split('\n\nAnswer format')[0]!, 'answer1'), /the words that may answer at the/],
    [
      'labels out of order',
      row(arc.replace('answer1/answer2', 'answer2/answer1'), 'answer1'),
      /"Answer format: answer1/,
    ],
    ['too many labels', row(`${arc}/answer5/answer6`, 'answer1'), /found "answer1.*answer6"/],
    ['a label without its choice', row(`${arc}/answer5`, 'answer1'), /expected " Answer5: " in the instruction/],
    ['a marker twice', row(arc.replace('iron', 'iron Answer2: tin'), 'answer1'), /" Answer2: " once/],
    ['no question', row(arc.replace('Which is a metal?', ' '), 'answer1'), /expected a question after/],
  ];
  test.each(cases)('%s', (_, value, message) => {
    const read = (): unknown => readQuestion(value, 3, 'x/test.json, row 3');
    expect(read).toThrow(DataError);
    expect(read).toThrow(message);
    expect(read).toThrow(/^x\/test\.json, row 3: /);
  });
});
