import { expect, test } from '@jest/globals';
import { packNextToken, predictedFrom } from './next-token.ts';

test('rows, and the places that are asked', () => {
  const batch = packNextToken([predictedFrom([5, 6, 7], 1), { ...predictedFrom([8, 9], 1), weights: [0.5] }], 3);
  expect(batch.inputIds.data).toEqual(Int32Array.of(5, 6, 7, 8, 9, 5));
  expect(batch.askedRows.data).toEqual(Int32Array.of(0, 1, 3));
  expect(batch.rowToAsked.data).toEqual(Int32Array.of(0, 1, 3, 2, 3, 3));
  expect(batch.nextIds.data).toEqual(Float32Array.of(6, 7, 9));
  expect(batch.nextWeights.data).toEqual(Float32Array.of(1, 1, 0.5));
  expect(batch.lastRow.data).toEqual(Int32Array.of(2, 4, 5));
  expect(batch.rowToLast.data).toEqual(Int32Array.of(3, 3, 0, 3, 1, 2));
});

test.each([
  [{ inputIds: [1, 2], positions: [], targets: [] }, 'asks at 0 places'],
  [{ inputIds: [1, 2], positions: [0], targets: [2, 2] }, 'asks at 1 places and has 2 targets; expected as many'],
  [{ inputIds: [1, 2], positions: [0], targets: [2], weights: [1, 2] }, '1 targets with 2 weights'],
  [{ inputIds: [1, 2], positions: [2], targets: [2] }, 'has 2 tokens and asks at 2'],
  [{ inputIds: [1, 2], positions: [1, 0], targets: [2, 2] }, 'asks at 1, 0; expected places of it, ascending'],
])('%j is refused', (example, message) => {
  expect(() => packNextToken([example], 1)).toThrow(message);
});

test('the first token has none before it, and a prompt has to leave something to predict', () => {
  for (const from of [0, 3, 1.5]) expect(() => predictedFrom([1, 2, 3], from)).toThrow('cannot be predicted');
});
