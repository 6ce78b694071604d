import { expect, test } from '@jest/globals';
import { growthRows, growthText, type GrowthKey } from './report.ts';

const key = (dimension: GrowthKey['dimension'], value: number, engine: GrowthKey['engine']): GrowthKey => {
  return { dimension, value, method: 'lora', engine, threads: 2, parameters: 5 };
};
const timed = [
  { key: key('layers', 2, 'compiled'), times: [20, 40, 20] },
  { key: key('layers', 2, 'pytorch-peft'), times: [50, 100, 50] },
  { key: key('layers', 6, 'compiled'), times: [50, 100, 80] },
  { key: key('layers', 6, 'pytorch-peft'), times: [100, 200, 200] },
  { key: key('rank', 8, 'compiled'), times: [500] },
];

test('a case is compared with the base case of its own dimension and side, and with the other side’s', () => {
  const { rows, growth, ratios } = growthRows(timed);
  expect(rows[2]).toEqual({ ...timed[2]!.key, msMedian: 80, msMin: 50, runs: 3 });
  expect(growth.map(({ value, engine, median }) => [value, engine, median])).toEqual([
    [2, 'compiled', 0.4],
    [2, 'pytorch-peft', 0.5],
  ]);
  expect(growth[0]).toMatchObject({ low: 0.325, high: 0.4, pairs: 3 });
  expect(ratios).toEqual([
    { dimension: 'layers', value: 2, method: 'lora', median: 2.5, low: 2.5, high: 2.5, pairs: 3 },
    { dimension: 'layers', value: 6, method: 'lora', median: 2, low: 2, high: 2.25, pairs: 3 },
  ]);
});

test('a table for each dimension that was measured', () => {
  const machine = { cpu: 'c', cores: 2, memoryBytes: 1, platform: 'p', node: 'v', loadBefore: 0, versions: {} };
  const text = growthText({ ...growthRows(timed), machine, settings: { batch: 16 }, notes: ['n'] });
  const lines = text.split('\n').map((line) => line.replaceAll(/ {2,}/g, '  '));
  expect(lines).toContain('layers  compiled ms  over base  pytorch-peft ms  over base  PyTorch / ours');
  expect(lines).toContain('2  20  0.40 [0.33, 0.40]  50  0.50 [0.38, 0.50]  2.50 [2.50, 2.50]');
  expect(lines).toContain('6  80  base  200  base  2.00 [2.00, 2.25]');
  expect(lines).toContain('rank  compiled ms  over base');
  expect(text).not.toContain('width');
  expect(text).toContain('Note: n');
});
