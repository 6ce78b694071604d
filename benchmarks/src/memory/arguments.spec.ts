import { expect, test } from '@jest/globals';
import { UsageError } from '../common/flags.ts';
import { memoryArguments } from './arguments.ts';

test('by default every model, shape and method, on both sides', () => {
  expect(memoryArguments([])).toEqual({
    models: ['small', 'minilm', 'base'],
    shapes: [
      { batch: 16, length: 32 },
      { batch: 32, length: 32 },
      { batch: 32, length: 128 },
    ],
    methods: ['lora', 'dora', 'lomap'],
    engines: ['compiled', 'pytorch-peft'],
    enginesNamed: false,
    threads: 1,
    steps: 3,
    json: false,
  });
  expect(memoryArguments(['--shapes', '1x512, 8x9', '--models', 'small']).shapes).toEqual([
    { batch: 1, length: 512 },
    { batch: 8, length: 9 },
  ]);
});

test.each([
  [['--shapes', '16'], /--shapes 16: expected examples x tokens/],
  [['--shapes', '16x513'], /at most 512 tokens/],
  [['--shapes', '0x5'], /--shapes 0x5/],
  [['--models', 'huge'], /expected some of small, minilm, base/],
])('%j is a usage error', (args, message) => {
  expect(() => memoryArguments(args)).toThrow(message);
  expect(() => memoryArguments(args)).toThrow(UsageError);
});
