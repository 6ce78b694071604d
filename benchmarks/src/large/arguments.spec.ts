import { expect, test } from '@jest/globals';
import { UsageError } from '../common/flags.ts';
import { largeArguments } from './arguments.ts';

test('LLaMA-7B in bfloat16 with LoMAP unless told otherwise', () => {
  expect(largeArguments([])).toMatchObject({
    model: null,
    layers: 32,
    dtype: 'bfloat16',
    method: 'lomap',
    rank: 16,
    length: 128,
  });
  expect(largeArguments(['--layers', '2', '--dtype', 'float16'])).toMatchObject({ layers: 2, dtype: 'float16' });
});

test.each([
  [['--layers', '0'], 'expected a whole number of at least 1'],
  [['--dtype', 'int8'], 'Choices'],
  [['--model', '/nowhere/at/all'], 'there is no folder'],
  [['--scratch', '/nowhere/at/all'], 'there is no folder'],
])('%j is refused', (args, message) => {
  expect(() => largeArguments(args)).toThrow(UsageError);
  expect(() => largeArguments(args)).toThrow(message);
});
