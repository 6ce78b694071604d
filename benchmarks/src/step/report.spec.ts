import { expect, test } from '@jest/globals';
import { ratiosOf, reportText, rowsOf, type RowKey } from './report.ts';

const key = (engine: string, method: RowKey['method']): RowKey => ({ engine, method, threads: 2 });
const timed = [
  { key: key('compiled', 'lora'), times: [100, 200, 100] },
  { key: key('compiled', 'lomap'), times: [110, 220, 110.004] },
  { key: key('tfjs-wasm', 'lora'), times: [5000] },
  { key: key('pytorch-peft', 'lora'), times: [200, 400, 190] },
];

test('a row has median, minimum and count', () => {
  expect(rowsOf(timed)[1]).toEqual({
    engine: 'compiled',
    method: 'lomap',
    threads: 2,
    msMedian: 110,
    msMin: 110,
    runs: 3,
  });
});

test('others are compared with our engine by method, our methods with LoRA', () => {
  const ratios = ratiosOf(timed);
  expect(ratios.map(({ of, to, pairs }) => [of, to, pairs])).toEqual([
    ['tfjs-wasm lora', 'compiled lora', 1],
    ['pytorch-peft lora', 'compiled lora', 3],
    ['compiled lomap', 'compiled lora', 3],
  ]);
  expect(ratios.map(({ median }) => median)).toEqual([50, 2, 1.1]);
});

test('our engine is compared with its floor, not the floor with our engine', () => {
  const ratios = ratiosOf([...timed, { key: key('floor', 'lora'), times: [50, 80, 80] }]);
  expect(ratios.filter(({ of, to }) => `${of} ${to}`.includes('floor'))).toEqual([
    { of: 'compiled lora', to: 'floor lora', median: 2, low: 1.625, high: 2.25, pairs: 3 },
  ]);
  expect(ratiosOf([{ key: key('floor', 'lora'), times: [50] }])).toEqual([]);
});

test('an engine without a partner has rows and no ratios', () => {
  expect(ratiosOf([timed[3]!])).toEqual([]);
  const machine = { cpu: 'c', cores: 2, memoryBytes: 1, platform: 'p', node: 'v', loadBefore: 0, versions: {} };
  const text = reportText({
    rows: rowsOf(timed),
    ratios: ratiosOf(timed),
    machine,
    settings: { batch: 16 },
    notes: ['n'],
  });
  expect(text).toContain('pytorch-peft lora / compiled lora  2.00 [1.95, 2.00]     3 pairs');
  expect(text).toContain('Note: n');
});
