import { availableParallelism, tmpdir } from 'node:os';
import { expect, test } from '@jest/globals';
import { UsageError } from '../common/flags.ts';
import { sweepArguments } from './arguments.ts';

const folders = ['--model', tmpdir(), '--data', tmpdir()];

test('the defaults are the sweep that the speed is stated for', () => {
  expect(sweepArguments(folders)).toEqual({
    model: tmpdir(),
    data: tmpdir(),
    tasks: ['MRPC', 'STS-B', 'CoLA'],
    method: 'lora',
    jobs: [...new Set([1, availableParallelism()])],
    batches: 4,
    runs: 8,
    batch: 32,
    dropout: 0.1,
    alone: false,
    json: false,
  });
  expect(
    sweepArguments([...folders, '--no-dropout', '--batch', '8', '--tasks', 'CoLA', '--jobs', '4,1']),
  ).toMatchObject({
    dropout: 0,
    batch: 8,
    tasks: ['CoLA'],
    jobs: [1, 4],
  });
});

test.each([
  [[...folders, '--tasks', 'RTE'], /--tasks RTE: expected some of MRPC, STS-B, CoLA/],
  [[...folders, '--jobs', '0'], /--jobs 0: expected whole numbers of at least 1/],
  [['--data', '/no/such/folder', '--model', tmpdir()], /there is no folder \/no\/such\/folder/],
])('%j is a usage error', (args, message) => {
  expect(() => sweepArguments(args)).toThrow(message);
  expect(() => sweepArguments(args)).toThrow(UsageError);
});
