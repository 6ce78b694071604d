import { describe, expect, test } from '@jest/globals';
import { fakeResult } from '@lomap/results/testing';
import { compare } from '../../comparison.ts';
import { renderChart } from '../../charts/render.ts';
import { sweepReport } from '../../sweep-report.ts';
import { fakeAblation, fakeSweep } from '../../testing/fake-sweep.ts';
import { fakeRankSweep } from '../../testing/fake-rank.ts';
import { rankSeries } from './series.ts';

describe('series', () => {
  test('are read from the settings, never from labels', () => {
    const series = rankSeries(compare('fake', fakeRankSweep())!);
    expect(series.map(({ title, byRank }) => [title, [...byRank.keys()]])).toEqual([
      ['LoRA', [1, 4, 16]],
      ['DoRA', [1, 4, 16]],
      ['LoMAP (start paper)', [1, 4, 16]],
      ['LoMAP (start beta-zero)', [1, 4, 16]],
    ]);
  });

  test('of one rank are told apart by loraAlpha, and one rank is no series', () => {
    const at = (label: string, rank: number, loraAlpha: number) =>
      fakeResult({ label, method: 'lora', rank, loraAlpha });
    const results = [at('a', 2, 16), at('b', 4, 16), at('c', 2, 32), at('d', 4, 32)];
    const series = rankSeries(compare('fake', results)!);
    expect(series.map(({ title, byRank }) => [title, [...byRank.values()].map(({ label }) => label)])).toEqual([
      ['LoRA (loraAlpha 16)', ['a', 'b']],
      ['LoRA (loraAlpha 32)', ['c', 'd']],
    ]);
    expect(rankSeries(compare('fake', fakeSweep())!)).toEqual([]);
    expect(rankSeries(compare('fake', fakeAblation())!)).toEqual([]);
  });
});

describe('the table', () => {
  const report = sweepReport('fake', fakeRankSweep());
  const table = report.tables.get('rank')!;
  const section = (caption: RegExp) => table.sections.find((own) => caption.test(own.caption))!;

  test('has a column a rank, and the parameters', () => {
    expect(section(/^CoLA/).columns.map(({ title }) => title)).toEqual(['Method', 'r = 1', 'r = 4', 'r = 16']);
    expect(section(/^Trainable/).rows).toEqual([
      ['LoRA', '1,000', '4,000', '16,000'],
      ['DoRA', '1,500', '4,500', '16,500'],
      ['LoMAP (start paper)', '1,002', '4,002', '16,002'],
      ['LoMAP (start beta-zero)', '1,002', '4,002', '16,002'],
    ]);
  });

  test('has differences to LoRA of the same rank alone', () => {
    expect(section(/^Difference/).rows.map(([name]) => name)).toEqual([
      ...['DoRA', 'LoMAP (start paper)', 'LoMAP (start beta-zero)'],
    ]);
    const { columns, rows } = table.records;
    const records = rows.map((row) => Object.fromEntries(columns.map((column, i) => [column, row[i]])));
    const at = (method: string, rank: number) =>
      records.find((own) => own['method'] === method && own['rank'] === rank && own['task'] === 'average')!;
    for (const rank of [1, 4, 16]) {
      const [own, lora] = [at('DoRA', rank), at('LoRA', rank)];
      expect(own['difference']).toBeCloseTo((own['mean'] as number) - (lora['mean'] as number), 5);
      expect(lora['difference']).toBeNull();
    }
  });

  test('replaces the ablations, and says how the scaling goes with the rank', () => {
    expect([...report.tables.keys()]).toEqual(['main', 'rank']);
    expect(table.notes.join(' ')).toContain('LoRA loraAlpha / r = 2 at every rank');
  });

  test('without LoRA there are no differences', () => {
    const results = fakeRankSweep().filter(({ trial }) => trial.settings.method.name === 'dora');
    const alone = sweepReport('fake', results).tables.get('rank')!;
    expect(alone.sections.map(({ caption }) => caption).join()).not.toContain('Difference');
    expect(alone.notes.join()).toContain('no LoRA row of the same rank');
  });
});

test('the charts have a line a series and panel', async () => {
  const { charts, narrowCharts } = sweepReport('fake-name', fakeRankSweep());
  const { svg } = await renderChart(charts.get('rank')!);
  for (const text of ['CoLA', 'SST-2', 'Average', 'Trainable parameters', 'rank (log scale)'])
    expect(svg).toContain(text);
  expect(svg.match(/aria-roledescription="line mark"/g)).toHaveLength(4 * 4);
  expect(svg).not.toContain('NaN');
  expect((await renderChart(charts.get('rank-parameters')!)).svg).toContain('trainable parameters, no head');
  expect(narrowCharts.get('rank')).toMatchObject({ columns: 1 });
});
