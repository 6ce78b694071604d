import { expect, test } from '@jest/globals';
import { sweepRows, sweepText, type SweepKey } from './report.ts';

const key = (engine: SweepKey['engine'], processes: number): SweepKey => {
  return { task: 'MRPC', engine, processes, sequences: 100 * processes };
};
const timed = [
  { key: key('compiled', 1), times: [1000, 2000, 1000] },
  { key: key('pytorch-peft', 1), times: [3000, 6000, 4000] },
  { key: key('compiled', 2), times: [2000] },
];

test('rates count the sequences of all processes; ratios are pair by pair, of as many processes', () => {
  const { rows, ratios } = sweepRows(timed);
  expect(rows.map(({ perSecondMedian }) => perSecondMedian)).toEqual([100, 25, 100]);
  expect(rows[0]).toMatchObject({ perSecondLow: 75, perSecondHigh: 100 });
  expect(ratios).toEqual([{ task: 'MRPC', processes: 1, median: 3, low: 3, high: 3.5, pairs: 3 }]);
});

test('the report for people', () => {
  const machine = { cpu: 'c', cores: 2, memoryBytes: 1, platform: 'p', node: 'v', loadBefore: 0, versions: {} };
  const text = sweepText({ ...sweepRows(timed), machine, settings: { batch: 32 }, notes: ['n'] });
  expect(text).toContain('MRPC  1 process  3.00 [3.00, 3.50]  3 pairs');
  expect(text).toContain('MRPC  pytorch-peft  1          25           ');
  expect(text).toContain('Note: n');
  expect(sweepText({ ...sweepRows([timed[2]!]), machine, settings: {}, notes: [] })).not.toContain('pair by pair');
});
