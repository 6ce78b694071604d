import { expect, test } from '@jest/globals';
import { fromColumns, toColumns } from './columns.ts';

test('rows become columns, and rows again', () => {
  const rows = [
    { path: 'a', norm: 1, random: { turn: 0.1 }, share: null },
    { path: 'b', norm: 2, random: { turn: 0.2 }, share: 3 },
  ];
  const columns = { norm: [1, 2], path: ['a', 'b'], random: { turn: [0.1, 0.2] }, share: [null, 3] };
  expect(toColumns(rows)).toEqual(columns);
  expect(fromColumns(columns, 'rows')).toEqual(rows);
});

test.each([[[]], [[{ a: 1 }, { b: 1 }]], [[{ a: 1 }, { a: 1, b: 2 }]], [[{}, {}]], [[1, { a: 1 }]]])(
  'what is no table stays as it is: %j',
  (rows) => {
    expect(toColumns(rows)).toEqual(rows);
    expect(fromColumns(toColumns(rows), 'rows')).toEqual(rows);
  },
);

test('columns of other lengths, and what is neither, are named', () => {
  expect(() => fromColumns({ a: [1], b: { c: [1, 2] } }, 'rows')).toThrow('rows.b: 2 values, where rows.a has 1.');
  expect(() => fromColumns({ a: 1 }, 'rows')).toThrow('rows.a: expected an array');
  expect(() => fromColumns(null, 'rows')).toThrow('rows: expected an array');
});
