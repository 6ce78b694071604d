import { expect, test } from '@jest/globals';
import yargs, { type Argv } from 'yargs';
import { exportOptions, inspectOptions } from './adapter-options.ts';
import { doctorOptions } from './doctor-options.ts';
import { flags, helpOf, nearestTo } from './nearest-name.ts';
import { powerOptions } from './power-options.ts';
import { packOptions, unpackOptions } from './pack-options.ts';
import { pretrainOptions } from './pretrain-options.ts';
import { reportOptions } from './report-options.ts';
import { sweepOptions } from './sweep-options.ts';

test('every flag of every command is known by name', async () => {
  const options = [
    sweepOptions,
    reportOptions,
    pretrainOptions,
    powerOptions,
    doctorOptions,
    exportOptions,
    inspectOptions,
    packOptions,
    unpackOptions,
  ] as ((y: Argv) => Argv)[];
  const known = new Set(['help', 'version']);
  for (const of of options) {
    const help = await of(yargs([]).version(false)).getHelp();
    for (const [, name] of help.matchAll(/^ +--([a-z-]+)/gm)) known.add(name ?? '');
  }
  expect([...flags].sort()).toEqual([...known].sort());
});

test.each([
  ['Unknown argument: tassks', 'tasks'],
  ['Unknown arguments: kep-adapters, x', 'keep-adapters'],
  ['Unknown command: swep', 'sweep'],
])('%s', (message, nearest) => {
  expect(nearestTo(message)).toContain(nearest);
});

test('nothing is added to other complaints', () => {
  expect(nearestTo('Not enough arguments following: out')).toBe('');
});

test.each([
  [['export', '--adapter', 'x'], 'See lomap export --help.'],
  [['swep'], 'See lomap --help.'],
  [[], 'See lomap --help.'],
])('the help of %j', (args, expected) => {
  expect(helpOf(args)).toBe(expected);
});
