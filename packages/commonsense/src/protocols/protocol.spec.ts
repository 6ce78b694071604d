import { describe, expect, test } from '@jest/globals';
import { task } from '../tasks.ts';
import { questionOf } from '../testing/rows.ts';
import { ask, lesson } from './protocol.ts';

const indent = '                ';
const boolq = questionOf('boolq');
const instruction =
  'Please answer the following question with true or false, question: can geese swim?\n\nAnswer format: true/false';

describe('the prompts of LLM-Adapters, byte for byte', () => {
  test('in training: two spaces after the sentence, an indented empty line, the output on the last line', () => {
    const { context, continuation, loss } = lesson('llm-adapters', task('boolq'), boolq);
    expect((context + continuation).split('\n')).toEqual([
      'Below is an instruction that describes a task. Write a response that appropriately completes the request.  ',
      '',
      `${indent}### Instruction:`,
      `${indent}${instruction.split('\n')[0]!}`,
      '',
      'Answer format: true/false',
      indent,
      `${indent}### Response:`,
      `${indent}the correct answer is true`,
    ]);
    expect(continuation).toBe('the correct answer is true');
    expect(loss).toBe('all');
    expect(lesson('llm-adapters', null, boolq, { loss: 'continuation' }).loss).toBe('continuation');
  });

  test('in evaluation: one space, an empty line, and sixteen spaces at the end', () => {
    expect(ask('llm-adapters', task('boolq'), boolq)).toEqual({
      kind: 'generation',
      context: [
        'Below is an instruction that describes a task. Write a response that appropriately completes the request. ',
        '',
        `${indent}### Instruction:`,
        `${indent}${instruction.split('\n')[0]!}`,
        '',
        'Answer format: true/false',
        '',
        `${indent}### Response:`,
        indent,
      ].join('\n'),
      labels: ['true', 'false'],
    });
  });

  test('the clean prompt is the same on both sides', () => {
    const { context } = lesson('llm-adapters', null, boolq, { prompt: 'clean' });
    expect(ask('llm-adapters', task('boolq'), boolq, { prompt: 'clean' })).toMatchObject({ context });
    expect(context).not.toMatch(/ $| {2}/m);
  });
});

test('likelihood: the labels after the prompt and the output’s beginning', () => {
  const asked = ask('likelihood', task('arc_e'), questionOf('arc'));
  if (asked.kind !== 'choice') throw new Error('expected a choice');
  expect(asked.candidates.map(({ label, continuation }) => [label, continuation])).toEqual([
    ['answer1', ' answer1'],
    ['answer2', ' answer2'],
    ['answer3', ' answer3'],
    ['answer4', ' answer4'],
  ]);
  const generated = ask('llm-adapters', task('arc_e'), questionOf('arc'));
  for (const { context } of asked.candidates) {
    expect(generated).toMatchObject({ context: context.replace(/the correct answer is$/, '') });
  }
});

describe('cloze', () => {
  const scored = (name: string, row: Parameters<typeof questionOf>[0]) => {
    const asked = ask('cloze', task(name), questionOf(row));
    if (asked.kind !== 'choice') throw new Error('expected a choice');
    return asked.candidates.map(({ label, context, continuation, characters }) => [
      label,
      context,
      continuation,
      characters,
    ]);
  };

  test('each task in its own words', () => {
    expect(scored('boolq', 'boolq')).toEqual([
      ['false', 'Question: can geese swim?\nAnswer:', ' no', 2],
      ['true', 'Question: can geese swim?\nAnswer:', ' yes', 3],
    ]);
    expect(scored('piqa', 'piqa')[0]).toEqual(['solution1', 'Question: Dry a wet hat\nAnswer:', ' Hang it up ', 11]);
    expect(scored('siqa', 'siqa')[1]).toEqual([
      ...['answer2', 'Q: Ada lent Bo a saw. Why did Ada do this?\nA:', ' to win', 6],
    ]);
    expect(scored('arc_e', 'arc')[3]).toEqual(['answer4', 'Question: Which is a metal?\nAnswer:', ' wax', 3]);
    expect(scored('obqa', 'arc')[3]).toEqual(['answer4', 'Which is a metal?', ' wax', 3]);
  });

  test('HellaSwag without its marks', () => {
    const context = 'Gardening: How to grow beans. Dig a bed. Make it deep.';
    expect(scored('hellaswag', 'hellaswag')).toEqual([
      // The harness takes the mark away after it has taken the outer spaces, and two spaces once.
      ['ending1', context, '  Water it.', 10],
      ['ending2', context, ' sing', 4],
      ['ending3', context, '  Wait a week', 12],
      ['ending4', context, ' leave', 5],
    ]);
  });

  test('WinoGrande: the option in the context, the sentence’s end scored', () => {
    expect(scored('winogrande', 'winogrande')).toEqual([
      ['option1', 'The key did not fit the lock as the key', ' was bent .', 39],
      ['option2', 'The key did not fit the lock as the lock', ' was bent .', 40],
    ]);
    expect(() => ask('cloze', task('winogrande'), { ...questionOf('winogrande', 4), question: 'No gap.' })).toThrow(
      'WinoGrande, row 4: expected a blank "_" in the sentence, found none.',
    );
  });

  test('the correct choice is learned, and it alone', () => {
    expect(lesson('cloze', task('boolq'), boolq)).toEqual({
      context: 'Question: can geese swim?\nAnswer:',
      continuation: ' yes',
      loss: 'continuation',
    });
    expect(lesson('cloze', task('winogrande'), questionOf('winogrande'))).toMatchObject({
      context: 'The key did not fit the lock as the key',
      continuation: ' was bent .',
    });
    expect(() => lesson('cloze', null, boolq)).toThrow(/Row 0 of the mixture says no task/);
  });
});
