import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { HostTensor } from '@lomap/compile';
import type { HostBatch } from '../batch.ts';
import { fromPadded } from './padded.ts';
import { pack, packPadded, type EncodedExample } from './pack.ts';

const examples: EncodedExample[] = [
  { inputIds: [101, 7, 102], tokenTypeIds: [0, 0, 0], label: 1 },
  { inputIds: [101, 102], tokenTypeIds: [0, 1], label: 0 },
];

function values(batch: HostBatch): Record<string, number[]> {
  return Object.fromEntries(Object.entries<HostTensor>({ ...batch }).map(([name, tensor]) => [name, [...tensor.data]]));
}

test('two examples in a batch of three', () => {
  const batch = pack(examples, 3);
  expect(values(batch)).toEqual({
    inputIds: [101, 7, 102, 101, 102, 101],
    positionIds: [0, 1, 2, 0, 1, 0],
    tokenTypeIds: [0, 0, 0, 0, 1, 0],
    toPadded: [0, 1, 2, 3, 4, 6, 5, 6, 6],
    toPacked: [0, 1, 2, 3, 4, 6],
    rowToExample: [0, 3, 3, 1, 3, 2],
    firstRow: [0, 3, 5],
    rowToLast: [3, 3, 0, 3, 1, 2],
    lastRow: [2, 4, 5],
    mask: [0, 0, 0, 0, 0, -1e9, 0, -1e9, -1e9],
    labels: [1, 0, 0],
    weights: [1, 1, 0],
  });
  expect(batch.mask.shape).toEqual([3, 1, 1, 3]);
  expect(batch.toPadded.shape).toEqual([9]);
});

test('padded: a row for every point', () => {
  expect(values(packPadded(examples, 2))).toEqual({
    inputIds: [101, 7, 102, 101, 102, 0],
    positionIds: [0, 1, 2, 0, 1, 2],
    tokenTypeIds: [0, 0, 0, 0, 1, 0],
    toPadded: [0, 1, 2, 3, 4, 5],
    toPacked: [0, 1, 2, 3, 4, 5],
    rowToExample: [0, 2, 2, 1, 2, 2],
    firstRow: [0, 3],
    rowToLast: [2, 2, 0, 2, 1, 2],
    lastRow: [2, 4],
    mask: [0, 0, 0, 0, 0, -1e9],
    labels: [1, 0],
    weights: [1, 1],
  });
});

test('from padded arrays', () => {
  const ids = [
    [101, 7, 102, 0],
    [101, 102, 0, 0],
  ];
  const mask = [
    [1, 1, 1, 0],
    [1, 1, 0, 0],
  ];
  const types = [
    [0, 0, 0, 0],
    [0, 1, 0, 0],
  ];
  expect(fromPadded(ids, mask, types, [1, 0])).toEqual(pack(examples, 2));
  expect(() => fromPadded(ids, [[0, 1, 1, 1], mask[1]!], types, [1, 0])).toThrow('not ones followed by zeros');
  expect(() => fromPadded(ids, mask, types, [1])).toThrow('Row 1');
});

describe('any batch', () => {
  const example = fc
    .array(fc.nat({ max: 99 }), { minLength: 1, maxLength: 6 })
    .map((inputIds): EncodedExample => ({ inputIds, tokenTypeIds: inputIds.map(() => 0), label: 0 }));

  test.each([
    ['packed', pack],
    ['padded', packPadded],
  ])('%s: the two index maps are each other’s inverse, firstRow and rowToExample too', (_, lay) => {
    fc.assert(
      fc.property(fc.array(example, { minLength: 1, maxLength: 5 }), fc.nat({ max: 2 }), (given, fillers) => {
        const { toPadded, toPacked, firstRow, rowToExample, mask, positionIds } = lay(given, given.length + fillers);
        const rows = toPacked.data.length;
        toPacked.data.forEach((point, row) => expect(toPadded.data[point]).toBe(row));
        expect([...toPadded.data].filter((row) => row !== rows)).toHaveLength(rows);
        firstRow.data.forEach((row, index) => {
          expect(rowToExample.data[row]).toBe(index);
          expect(positionIds.data[row]).toBe(0);
        });
        expect([...rowToExample.data].filter((index) => index !== firstRow.data.length)).toHaveLength(
          firstRow.data.length,
        );
        const tokens = given.reduce((sum, { inputIds }) => sum + inputIds.length, fillers);
        expect([...mask.data].filter((value) => value === 0)).toHaveLength(tokens);
        if (lay === pack) expect(rows).toBe(tokens);
      }),
      { numRuns: 50 },
    );
  });
});

test('what is no batch is refused', () => {
  expect(() => pack([], 2)).toThrow('takes 1 to 2 examples, not 0');
  expect(() => pack(examples, 1)).toThrow('takes 1 to 1 examples, not 2');
  expect(() => pack([{ inputIds: [], tokenTypeIds: [], label: 0 }], 1)).toThrow('no tokens');
  expect(() => pack([{ inputIds: [1], tokenTypeIds: [], label: 0 }], 1)).toThrow('1 tokens and 0 segments');
});
