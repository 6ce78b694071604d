import { describe, expect, test } from '@jest/globals';
import type { TrialResult } from '@lomap/results';
import { fakeResult } from '@lomap/results/testing';
import { renderChart } from '../../charts/render.ts';
import { compare } from '../../comparison.ts';
import { sweepReport } from '../../sweep-report.ts';
import { fakeSweep } from '../../testing/fake-sweep.ts';
import { costsOf } from './costs.ts';

const trial = (
  label: string,
  seed: number,
  step: number,
  { merge = 0.2, minute = seed, own = true, batchSize = 32 } = {},
) =>
  fakeResult({
    training: { batchSize },
    ...{
      label,
      seed,
      task: 'sst2',
      parameters: { adapter: label === 'full' ? 90_000 : 1000, head: 50, base: 100_000 },
    },
    measured: {
      startedAt: `2000-01-01T${label === 'lora' ? '00' : label === 'dora' ? '01' : '02'}:0${minute}:00Z`,
      finishedAt: `2000-01-01T${label === 'lora' ? '00' : label === 'dora' ? '01' : '02'}:0${minute}:59Z`,
      peakMemoryBytes: 400e6 + 1e6 * seed,
      stepMilliseconds: { median: step, low: step - 1, high: step + 1, steps: 100 },
      ...(label === 'full' ? {} : { mergeSeconds: merge }),
      ...(own ? { ownProcess: true } : {}),
    },
  });

const sweep = (): TrialResult[] => [
  ...[trial('lora', 1, 10), trial('lora', 2, 12), trial('lora', 3, 11)],
  ...[trial('dora', 1, 15), trial('dora', 2, 24), trial('dora', 3, 22, { merge: 0.3 })],
  ...[trial('full', 1, 20), trial('full', 2, 20), trial('full', 3, 20)],
];

describe('costs', () => {
  test('are medians over trials, with ratios by seed', () => {
    const costs = costsOf(compare('fake', sweep())!)!;
    const dora = costs.tasks[0]!.rows.find(({ row }) => row.label === 'dora')!;
    expect(dora.costs[0]).toMatchObject({ median: 22, range: [15, 24], ratio: 2 }); // of 1.5, 2, 2
    expect(dora.costs[1]).toMatchObject({ median: 402, ratio: 1 });
    expect(dora.costs[2]).toMatchObject({ median: 200 });
    expect(costs.overlapping).toBe(0);
  });

  test('have no ratio to a baseline that was trained unequally', () => {
    const results = [...sweep().slice(0, 3), ...[1, 2, 3].map((seed) => trial('dora', seed, 9, { batchSize: 8 }))];
    const costs = costsOf(compare('fake', results)!)!;
    const dora = costs.tasks[0]!.rows.find(({ row }) => row.label === 'dora')!;
    expect(dora.costs[0]).toMatchObject({ median: 9, ratio: null });
    const table = sweepReport('fake', results).tables.get('efficiency')!;
    expect(table.protocols?.[0]).toBe('Unequal protocols: training.batchSize: 32 in LoRA; 8 in DoRA.');
  });

  test('are of trials with a process of their own alone', () => {
    expect(costsOf(compare('fake', fakeSweep())!)).toBeNull();
    const mixed = [...sweep(), trial('lomap', 1, 13, { own: false })];
    const table = sweepReport('fake', mixed).tables.get('efficiency')!;
    expect(table.sections[0]!.rows.map(([name]) => name)).toEqual(['full fine-tuning', 'LoRA', 'DoRA']);
    expect(table.notes.join()).toContain('Left out for sharing a process with others: 1 trial.');
  });

  test('are all that a sweep at one rate that nobody searched tells', () => {
    const { tables, charts, findings } = sweepReport('fake', sweep());
    expect([...tables.keys()]).toEqual(['efficiency']);
    expect([...charts.keys()]).toEqual(['efficiency']);
    expect(findings).toMatchObject({ rows: [], byTask: [] });
    expect(findings!.headline).toContain('scores are not compared');
    expect(tables.get('efficiency')!.findings![0]).toBe(findings!.headline);
  });

  test('that ran side by side are said to be disturbed', () => {
    const results = [...sweep(), trial('head', 1, 5)]; // at the time of full's
    expect(costsOf(compare('fake', results)!)!.overlapping).toBe(2);
    expect(sweepReport('fake', results).tables.get('efficiency')!.notes.join()).toContain('--jobs 1');
  });
});

test('the table says what a method costs, and nothing of merging where nothing is merged', () => {
  const { sections, records } = sweepReport('fake', sweep()).tables.get('efficiency')!;
  expect(sections[0]!.rows).toEqual([
    ['full fine-tuning', '90,000', '20.00', '1.82', '402 [401, 403]', '1.00', '–', '–', '3'],
    ['LoRA', '1,000', '11.00 [10.00, 12.00]', '–', '402 [401, 403]', '–', '200.0', '–', '3'],
    ['DoRA', '1,000', '22.00 [15.00, 24.00]', '2.00', '402 [401, 403]', '1.00', '200.0 [200.0, 300.0]', '1.00', '3'],
  ]);
  expect(records.rows).toHaveLength(9);
});

test('the chart has a panel a measure', async () => {
  const { svg } = await renderChart(sweepReport('fake-name', sweep()).charts.get('efficiency')!);
  for (const text of ['Training step', 'Peak memory', 'Merging', 'ms, median of the steps', 'Dashed: LoRA.']) {
    expect(svg).toContain(text);
  }
});
