import { expect, test } from '@jest/globals';
import { sweepRows, sweepText, type SweepKey } from './report.ts';

const key = (engine: SweepKey['engine'], processes: number): SweepKey => {
  return { task: 'MRPC', engine, trainingRows: 3000, processes, sequences: 100 * processes };
};
const timed = [
  { key: key('compiled', 1), times: [1000, 2000, 1000] },
  { key: key('pytorch-peft', 1), times: [3000, 6000, 4000] },
  { key: key('compiled', 2), times: [1250, 2000] },
];

test('rates count the sequences of all processes; ratios are pair by pair, of as many processes', () => {
  const { rows, ratios } = sweepRows(timed);
  expect(rows.map(({ perSecondMedian }) => perSecondMedian)).toEqual([100, 25, 130]);
  expect(rows.map(({ secondsAnEpoch }) => secondsAnEpoch)).toEqual([30, 120, 23.1]);
  expect(rows[0]).toMatchObject({ perSecondLow: 75, perSecondHigh: 100 });
  expect(ratios).toEqual([{ task: 'MRPC', processes: 1, median: 3, low: 3, high: 3.5, pairs: 3 }]);
});

test('what more processes gain is of one side, pair by pair', () => {
  expect(sweepRows(timed).gains).toEqual([
    {
      task: 'MRPC',
      engine: 'compiled',
      processes: 2,
      than: 1,
      median: 1.8,
      low: expect.closeTo(1.7),
      high: 1.9,
      pairs: 2,
    },
  ]);
  expect(sweepRows([timed[1]!, timed[2]!]).gains).toEqual([]);
});

test('the report for people', () => {
  const machine = { cpu: 'c', cores: 2, memoryBytes: 1, platform: 'p', node: 'v', loadBefore: 0, versions: {} };
  const text = sweepText({ ...sweepRows(timed), machine, settings: { batch: 32 }, notes: ['n'] });
  expect(text).toContain('MRPC  1 process  3.00 [3.00, 3.50]  3 pairs');
  expect(text).toContain('MRPC  pytorch-peft  1          25           ');
  expect(text).toContain('MRPC  compiled  2 over 1  1.80 [1.70, 1.90]  2 pairs');
  expect(text).toContain('Note: n');
  expect(sweepText({ ...sweepRows([timed[2]!]), machine, settings: {}, notes: [] })).not.toContain('pair by pair');
});
