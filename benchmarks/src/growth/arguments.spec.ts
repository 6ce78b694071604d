import { expect, test } from '@jest/globals';
import { UsageError } from '../common/flags.ts';
import { growthArguments } from './arguments.ts';

test('by default LoRA in every dimension, beside PyTorch', () => {
  expect(growthArguments([])).toEqual({
    dimensions: ['layers', 'width', 'length', 'rank'],
    values: { layers: [2, 6, 12], width: [192, 384, 768], length: [16, 32, 64, 128], rank: [2, 8, 32, 64] },
    methods: ['lora'],
    batch: 16,
    threads: 2,
    runs: 10,
    alone: false,
    json: false,
  });
});

test('values may be one or several, in any order', () => {
  expect(
    growthArguments(['--dimensions', 'rank', '--rank', '4', '--layers=3, 1,3', '--methods', 'dora']),
  ).toMatchObject({ dimensions: ['rank'], values: { rank: [4], layers: [1, 3] }, methods: ['dora'] });
});

test.each([
  [['--dimensions', 'depth'], /--dimensions depth: expected some of layers, width, length, rank/],
  [['--layers', '2,x'], /--layers 2,x: expected whole numbers of at least 1, separated by commas/],
  [['--rank', '0'], /--rank 0: expected whole numbers/],
  [['--rank', ','], /--rank ,: expected whole numbers/],
  [['--width', '192,100'], /--width 100: expected a multiple of 32/],
  [['--length', '32,513'], /--length 513: BERT takes at most 512/],
  [['--methods', 'full'], /--methods full: expected some of lora/],
  [['--speed', '9'], /Unknown argument: speed/],
])('%j is a usage error', (args, message) => {
  expect(() => growthArguments(args)).toThrow(message);
  expect(() => growthArguments(args)).toThrow(UsageError);
});
