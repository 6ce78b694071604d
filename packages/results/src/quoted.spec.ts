import { describe, expect, test } from '@jest/globals';
import { ResultsError } from './error.ts';
import { averageOf, gainsOf, parseQuoted } from './quoted.ts';

const row = { source: 'a', row: 'LoRA', method: 'LoRA', rank: 2, averaging: 'first-metric' };
const table = {
  ...{ title: 'A model on two tasks', benchmark: 'glue', protocol: 'dev', model: 'm', tasks: ['mnli', 'rte'] },
  sources: { a: { title: 'A paper', table: 'Table 1' }, b: { title: 'Another', table: 'Table 2' } },
  averaging: { 'first-metric': 'The first.', 'mean-of-metrics': 'The mean.' },
  rows: [
    { ...row, scores: { mnli: [90, 80], rte: 70 }, average: 80 },
    { ...row, method: 'LoMAP', scores: { mnli: [91, 83], rte: 72 }, average: 79.5, averaging: 'mean-of-metrics' },
    { ...row, source: 'b', scores: { rte: 60 } },
    { ...row, source: 'b', method: 'LoMAP', scores: { rte: 60.5 } },
  ],
  gains: [{ method: 'LoMAP', over: 'LoRA', rank: 2, tasks: ['rte'], stated: { a: 2, b: 0.5 } }],
  leftOut: [],
};
const parsed = (changes: object) => parseQuoted(JSON.stringify({ ...table, ...changes }), 'x.json');

test('averages follow the row’s rule, or another', () => {
  const { rows, tasks } = parsed({});
  expect(rows.map((one) => averageOf({ tasks }, one))).toEqual([80, 79.5, null, null]);
  expect(averageOf({ tasks }, rows[0]!, 'mean-of-metrics')).toBe(77.5);
});

test('a gain is what each source says over the same tasks', () => {
  const quoted = parsed({});
  expect(gainsOf(quoted, quoted.gains![0]!)).toEqual([
    { source: 'a', mean: 2, stated: 2 },
    { source: 'b', mean: 0.5, stated: 0.5 },
  ]);
  expect(gainsOf(quoted, { ...quoted.gains![0]!, tasks: ['mnli'] })[1]).toMatchObject({ source: 'b', mean: null });
});

describe('what does not hold together is refused', () => {
  const withRow = (changes: object) => ({ rows: [{ ...table.rows[0], ...changes }] });
  test.each([
    ['an average that the scores do not have', withRow({ average: 81.2 }), 'rows.0.average'],
    ['an average by the other rule', withRow({ averaging: 'mean-of-metrics' }), 'not 80'],
    ['an unknown source', withRow({ source: 'c' }), 'expected a key of sources, found "c"'],
    ['an unknown task', withRow({ scores: { cola: 1 } }), 'found cola'],
    ['a rule that is not explained', withRow({ averaging: 'plain' }), '"plain" is not explained'],
    ['a row without a number', withRow({ scores: {}, average: undefined }), 'expected a number'],
    ['an unknown key', { more: 1 }, 'more'],
    [
      'a gain of an unknown source',
      { gains: [{ ...table.gains[0], stated: { c: 1 } }] },
      'the rows of "c" say nothing',
    ],
    ['a gain that the rows have not', { gains: [{ ...table.gains[0], stated: { b: 0.6 } }] }, 'say 0.50, not 0.6'],
  ])('%s', (_, changes, message) => {
    const read = () => parsed(changes);
    expect(read).toThrow(ResultsError);
    expect(read).toThrow(message);
    expect(read).toThrow(/^x\.json: /);
  });
});
