import { tmpdir } from 'node:os';
import { expect, test } from '@jest/globals';
import { UsageError } from '../common/flags.ts';
import { trialArguments } from './arguments.ts';

const folders = ['--model', tmpdir(), '--data', tmpdir()];

test('the defaults are the trial that the speed is stated for', () => {
  expect(trialArguments(folders)).toEqual({
    task: 'MRPC',
    model: tmpdir(),
    data: tmpdir(),
    method: 'lora',
    epochs: 3,
    maxSteps: null,
    threads: 1,
    alone: false,
    json: false,
  });
  expect(trialArguments([...folders, '--max-steps', '4', '--epochs', '0.5'])).toMatchObject({
    maxSteps: 4,
    epochs: 0.5,
  });
});

test.each([
  [[...folders, '--epochs', '0'], /--epochs 0: expected a number above 0/],
  [[...folders, '--epochs', 'many'], /--epochs NaN/],
  [[...folders, '--max-steps', '-1'], /--max-steps -1: expected a whole number/],
  [[...folders, '--task', 'RTE'], /Choices: "MRPC", "STS-B"/],
  [[...folders, '--method', 'full'], /Choices: "lora", "dora", "lomap"/],
  [['--data', '/no/such/folder', '--model', tmpdir()], /there is no folder \/no\/such\/folder/],
])('%j is a usage error', (args, message) => {
  expect(() => trialArguments(args)).toThrow(message);
  expect(() => trialArguments(args)).toThrow(UsageError);
});
