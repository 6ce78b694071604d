import { tmpdir } from 'node:os';
import { describe, expect, test } from '@jest/globals';
import { UsageError } from '../common/flags.ts';
import { stepArguments } from './arguments.ts';

test('the defaults are the shapes that the speed is stated for', () => {
  expect(stepArguments([])).toEqual({
    model: null,
    engines: ['compiled', 'floor', 'tfjs-wasm', 'tfjs-node', 'pytorch-peft', 'torch-compile', 'jax'],
    enginesNamed: false,
    methods: ['lora', 'dora', 'lomap'],
    rank: 8,
    threads: 2,
    runs: 20,
    tfjsRuns: 2,
    batch: 16,
    length: 32,
    lengths: null,
    data: null,
    json: false,
  });
});

test('lists are separated by commas and keep a fixed order', () => {
  const given = stepArguments([
    '--methods',
    'lomap,lora',
    '--engines=pytorch-peft, compiled',
    '--threads',
    '1',
    '--json',
  ]);
  expect(given).toMatchObject({
    engines: ['compiled', 'pytorch-peft'],
    enginesNamed: true,
    methods: ['lora', 'lomap'],
    threads: 1,
    json: true,
  });
  expect(stepArguments(['--runs', '1']).tfjsRuns).toBe(1);
  expect(stepArguments(['--batch-size', '8']).batch).toBe(8);
  expect(stepArguments(['--engines', 'torch-compile']).engines).toEqual(['torch-compile']);
});

test('a task’s lengths come with 32 examples of at most 128 tokens', () => {
  const given = stepArguments(['--lengths', 'rte', '--data', tmpdir()]);
  expect(given).toMatchObject({ lengths: 'RTE', data: tmpdir(), batch: 32, length: 128 });
  expect(stepArguments(['--lengths', 'sst-2', '--data', tmpdir(), '--batch', '4', '--length', '9'])).toMatchObject({
    lengths: 'SST-2',
    batch: 4,
    length: 9,
  });
});

describe('what makes no sense is a usage error that names the flag', () => {
  test.each([
    [['--methods', 'qlora'], /--methods qlora: expected some of lora, dora, lomap, vera/],
    [['--methods', 'lora,vera', '--engines', 'jax'], /--engines jax has no vera: expected some of lora, dora, lomap/],
    [['--rank', '0'], /--rank 0: expected a whole number/],
    [['--engines', 'tfjs'], /--engines tfjs: expected some of compiled, floor, tfjs-wasm, tfjs-node/],
    [['--engines', ','], /--engines ,: expected some of compiled/],
    [['--runs', '0'], /--runs 0: expected a whole number/],
    [['--threads', 'two'], /--threads two: expected a whole number/],
    [['--batch', '1.5'], /--batch-size 1.5: expected a whole number/],
    [['--length', '513'], /--length 513: BERT takes at most 512/],
    [['--model', '/no/such/folder'], /there is no folder \/no\/such\/folder/],
    [['--lengths', 'poems'], /--lengths poems: expected one of cola/],
    [['--speed', '9'], /Unknown argument: speed/],
  ])('%j', (args, message) => {
    expect(() => stepArguments(args)).toThrow(message);
    expect(() => stepArguments(args)).toThrow(UsageError);
  });
});
