import { tmpdir } from 'node:os';
import { expect, test } from '@jest/globals';
import { UsageError } from '../common/flags.ts';
import { startupArguments } from './arguments.ts';
import { startOf } from './protocol.ts';
import { startupRows, startupText } from './report.ts';

test('the command line', () => {
  expect(startupArguments([])).toEqual({ model: null, method: 'lora', threads: 1, runs: 5, json: false });
  expect(startupArguments(['--model', tmpdir(), '--method', 'dora', '--json'])).toMatchObject({ model: tmpdir() });
  for (const args of [
    ['--runs', '0'],
    ['--method', 'full'],
    ['--model', '/no/such/folder'],
  ]) {
    expect(() => startupArguments(args)).toThrow(UsageError);
  }
});

test('phases follow one another from the spawn', () => {
  const start = startOf(1000, { process: 1040, imports: 1300, model: 1350, compile: 2350, step: 2450 });
  expect(start).toEqual({ process: 40, imports: 260, model: 50, compile: 1000, step: 100, total: 1450 });
});

test('medians by cache, ratios by pair', () => {
  const start = (compile: number) => ({
    process: 40,
    imports: 260,
    model: 50,
    compile,
    step: 100,
    total: 450 + compile,
  });
  const { rows, ratios } = startupRows([start(1000), start(4000), start(900)], [start(500), start(2000), start(300)]);
  expect(rows).toHaveLength(12);
  expect(rows.find(({ phase, cache }) => phase === 'compile' && cache === 'filled')).toEqual({
    phase: 'compile',
    cache: 'filled',
    msMedian: 500,
    msLow: 400,
    msHigh: 1250,
  });
  expect(ratios.compile).toEqual({ median: 2, low: 2, high: 2.5, pairs: 3 });
  expect(ratios.total.median).toBeCloseTo(1350 / 750, 10);
  const machine = { cpu: 'c', cores: 2, memoryBytes: 1, platform: 'p', node: 'v', loadBefore: 0, versions: {} };
  const text = startupText({ rows, ratios, machine, settings: { runs: 3 }, notes: [] });
  expect(text).toContain('filled  compile  500        400 to 1250');
  expect(text).toContain('compile 2.00 [2.00, 2.50]');
});
