import { holm } from '@lomap/statistics';
import { describe, expect, test } from '@jest/globals';
import { renderChart } from '../../charts/render.ts';
import { compare } from '../../comparison.ts';
import { sweepReport } from '../../sweep-report.ts';
import { fakeCouplingSweep } from '../../testing/fake-coupling.ts';
import { fakeSweep } from '../../testing/fake-sweep.ts';
import { couplingOf, partsOf } from './couplings.ts';

test('a registry name says update and composition', () => {
  expect(['lora', 'lomap', 'dora', 'vera', 'dora+vera', 'map+vera', 'map+edora', 'edora', 'bora'].map(partsOf)).toEqual(
    [
      ...[
        ['lora', 'add'],
        ['lora', 'map'],
        ['lora', 'magnitude'],
        ['vera', 'add'],
        ['vera', 'magnitude'],
      ],
      ...[
        ['vera', 'map'],
        ['edora', 'map'],
        ['edora', 'magnitude'],
        ['lora', 'other'],
      ],
    ].map(([update, join]) => ({ update, join })),
  );
});

describe('couplings', () => {
  const coupling = couplingOf(compare('fake', fakeCouplingSweep())!)!;

  test('pair each method with MAP with its own plain update', () => {
    expect(coupling.map.rows.map(({ title, baseline }) => [title, baseline])).toEqual([
      ['MAP + EDoRA', 'EDoRA'],
      ['MAP + LoHa', 'LoHa'],
      ['MAP + VeRA', 'VeRA'],
      ['LoMAP', 'LoRA'],
    ]);
    expect(coupling.magnitude!.rows.map(({ title, baseline }) => [title, baseline])).toEqual([
      ['DoRA', 'LoRA'],
      ['DoRA + VeRA', 'VeRA'],
    ]);
  });

  test('differences are those of the seeds, and Holm is over all rows of the table', () => {
    const row = coupling.map.rows.find(({ title }) => title === 'MAP + LoHa')!;
    const own = coupling.comparison.rows.find(({ title }) => title === 'MAP + LoHa')!;
    const plain = coupling.comparison.rows.find(({ title }) => title === 'LoHa')!;
    for (const [seed, difference] of row.average.differenceBySeed) {
      expect(difference).toBeCloseTo(own.average.bySeed.get(seed)! - plain.average.bySeed.get(seed)!, 10);
    }
    expect(row.p).toBe(2 / 2 ** 10);
    expect(row.pHolm).toBeCloseTo((6 * 2) / 2 ** 10, 10); // the smallest of six: four with MAP, two with the magnitude
    const tested = [...coupling.map.rows, ...coupling.magnitude!.rows];
    const p = (name: 'p' | 'pEquivalent') => holm(tested.map((each) => each[name]!));
    expect(tested.map(({ pHolm }) => pHolm)).toEqual(p('p'));
    expect(tested.map(({ pEquivalentHolm }) => pEquivalentHolm)).toEqual(p('pEquivalent'));
  });

  test('there are none where one update alone stands with MAP', () => {
    expect(couplingOf(compare('fake', fakeSweep())!)).toBeNull();
  });
});

test('the table says for how many updates MAP helps', () => {
  const table = sweepReport('fake', fakeCouplingSweep()).tables.get('coupling')!;
  const text = table.findings!.join('\n');
  expect(text).toMatch(
    /Coupled with MAP: 2 of 4 above the plain update by more than seed noise \(MAP \+ LoHa and LoMAP\)/,
  );
  expect(text).toMatch(/1 of 4 below it by more than seed noise \(MAP \+ VeRA\)/);
  expect(text).toContain('1 of 4 equal to it by two one-sided tests (MAP + EDoRA)');
  expect(table.sections.map(({ caption }) => caption.split(':')[0])).toEqual([
    ...['CoLA', 'SST-2', 'Average of the tasks, one value a seed'],
    ...['With MAP. Difference from the plain update in points, paired by seed', 'With MAP. Primary endpoint'],
    ...['With DoRA’s magnitude. Difference from the plain update in points, paired by seed'],
    'With DoRA’s magnitude. Primary endpoint',
  ]);
  // Six rows, one family: each update with what it is against, its verdict and its difference; what a verdict means once.
  expect(table.verdicts!.rows.map(([method, against, verdict]) => [method, against, verdict])).toEqual([
    ['MAP + EDoRA', 'EDoRA', 'equal within ±0.3 points'],
    ['MAP + LoHa', 'LoHa', 'exceeds seed noise'],
    ['MAP + VeRA', 'VeRA', 'exceeds seed noise'],
    ['LoMAP', 'LoRA', 'exceeds seed noise'],
    ['DoRA', 'LoRA', 'exceeds seed noise'],
    ['DoRA + VeRA', 'VeRA', 'exceeds seed noise'],
  ]);
  expect(text.match(/Exceeds seed noise:/g)).toHaveLength(1);
  expect(table.notes.join(' ')).toContain(
    'Holm is over all rows of this table, those with MAP and those with DoRA’s magnitude.',
  );
  expect(table.notes.join(' ')).toContain('there MAP takes the magnitude’s place');
  expect(table.records.rows).toHaveLength((4 + 2) * 3);
  expect(table.records.rows.every((row) => row.length === table.records.columns.length)).toBe(true);
});

test('what few seeds cannot show is said once, for the table', () => {
  const { findings, notes } = sweepReport('fake', fakeCouplingSweep(3)).tables.get('coupling')!;
  const cautions = findings!.filter((line) => line.startsWith('Few seeds'));
  expect(cautions).toHaveLength(1);
  expect(cautions[0]).toContain('after Holm over 6 rows. It takes at least 8 seeds.'); // 6 · 2 / 2^8 = .047
  expect(notes.filter((line) => line.startsWith('Few seeds'))).toHaveLength(1);
});

test('the charts draw every update and every pair', async () => {
  const { charts } = sweepReport('fake-name', fakeCouplingSweep());
  const { svg } = await renderChart(charts.get('coupling')!);
  for (const text of ['EDoRA’s core', 'VeRA', 'with MAP', 'with DoRA’s magnitude']) expect(svg).toContain(text);
  expect(svg).not.toContain('NaN');
  const differences = (await renderChart(charts.get('coupling-differences')!)).svg;
  expect(differences).toContain('difference from the plain update (points)');
});
