import { describe, expect, test } from '@jest/globals';
import { formatPredictions } from '../predictions.ts';
import { formatTable, parseTable } from './predictions-table.ts';

const ids = ['a', 'b', 'c', 'd', 'e'].map((digit) => digit.repeat(64));
const [a, b, c, d] = ids as [string, string, string, string];
const csvOf = (labels: readonly number[], ...logits: number[]): string =>
  formatPredictions(
    labels.map((label, index) => ({ split: 'dev', index, label, logits: logits.map((x) => x + index) })),
  );

const trials = [
  { id: a, task: 'cola', csv: csvOf([1, 0], 0.5, -0.25) },
  { id: b, task: 'stsb', csv: csvOf([2.5, 3], 1.5) },
  { id: c, task: 'cola', csv: csvOf([1, 0], 2, 3) },
  { id: d, task: 'cola', csv: csvOf([1, 0, 1], 4, 5, 6) },
];

test('a line an example, a column a trial and logit', () => {
  expect(formatTable(trials, ids)).toBe(
    [
      'task,split,index,label,aaaaaaaa_0,aaaaaaaa_1,bbbbbbbb,cccccccc_0,cccccccc_1,dddddddd_0,dddddddd_1,dddddddd_2',
      'cola,dev,0,1,0.5,-0.25,,2,3,,,',
      'cola,dev,1,0,1.5,0.75,,3,4,,,',
      'stsb,dev,0,2.5,,,1.5,,,,,',
      'stsb,dev,1,3,,,2.5,,,,,',
      'cola,dev,0,1,,,,,,4,5,6',
      'cola,dev,1,0,,,,,,5,6,7',
      'cola,dev,2,1,,,,,,6,7,8',
      '',
    ].join('\n'),
  );
});

test('gives every trial its file back', () => {
  expect(parseTable(formatTable(trials, ids), ids, 'table')).toEqual(new Map(trials.map(({ id, csv }) => [id, csv])));
});

test('ids that begin alike are written with as many digits as tell them apart', () => {
  const alike = [`${'a'.repeat(20)}0`, `${'a'.repeat(20)}1`].map((start) => start.padEnd(64, '0'));
  const table = formatTable([{ ...trials[0]!, id: alike[0]! }], alike);
  expect(table).toMatch(new RegExp(`^task,split,index,label,${alike[0]!.slice(0, 21)}_0,`));
  expect([...parseTable(table, alike, 'table').keys()]).toEqual([alike[0]]);
});

describe('what is not such a table', () => {
  const whole = formatTable(trials, ids);
  test.each([
    ['a torn line', whole.slice(0, -3), 'table:8: the last line is cut off.'],
    ['no keys', whole.replace('task,', 'tusk,'), 'table:1: expected the columns task, split, index, label first.'],
    ['an unknown trial', whole.replace('bbbbbbbb', 'ffffffff'), 'table:1: column 7, "ffffffff": no trial of the sweep'],
    [
      'a trial twice',
      whole.replace('cccccccc_0,cccccccc_1', 'aaaaaaaa_0,aaaaaaaa_1'),
      `table:1: trial ${a} has columns twice.`,
    ],
    ['a cell too many', whole.replace('-0.25,', '-0.25,,'), 'table:2: 13 cells, where the header has 12.'],
    ['half a prediction', whole.replace('-0.25', ''), `table:2: trial ${a}: a value is not a number.`],
    ['a word', whole.replace('-0.25', 'NaN'), `table:2: trial ${a}: a value is not a number.`],
  ])('%s', (_, table, message) => {
    expect(() => parseTable(table, ids, 'table')).toThrow(message);
  });

  test.each([
    '',
    'split,index\n',
    'split,index,label,prediction\ndev,0,1\n',
    'split,index,label,prediction\ndev,0,1,x\n',
    'split,index,label,prediction\ndev,0,1,2',
  ])('a predictions.csv that no trial wrote: %j', (csv) => {
    expect(() => formatTable([{ id: a, task: 'cola', csv }], ids)).toThrow(`The predictions of trial ${a} are`);
  });
});
