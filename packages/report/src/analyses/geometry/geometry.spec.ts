import { describe, expect, test } from '@jest/globals';
import { renderChart } from '../../charts/render.ts';
import { compare } from '../../comparison.ts';
import { DARK } from '../../html/dark.ts';
import { sweepReport } from '../../sweep-report.ts';
import { fakeGeometry, fakeGeometrySweep } from '../../testing/fake-geometry.ts';
import { fakeSweep } from '../../testing/fake-sweep.ts';
import { correlation } from './correlation.ts';
import { geometryOf, layerOf } from './measured.ts';

test('correlation is scipy.stats.pearsonr’s', () => {
  // scipy.stats.pearsonr([1, 2, 4, 7], [2, 1, 5, 4]).statistic
  expect(correlation([1, 2, 4, 7], [2, 1, 5, 4])).toBeCloseTo(0.6900655593423541, 12);
  expect(correlation([1, 2, 3], [-2, -4, -6])).toBe(-1);
  expect(correlation([1, 2], [1, 2])).toBeNull();
  expect(correlation([1, 1, 1], [1, 2, 3])).toBeNull();
});

test('a matrix’s layer is in its path', () => {
  expect(['bert.encoder.layer.11.attention.self.query', 'model.layers.3.mlp', 'fake.query'].map(layerOf)).toEqual([
    ...['11', '3', 'fake.query'],
  ]);
});

describe('geometry', () => {
  const geometry = geometryOf(compare('fake', fakeGeometrySweep())!)!;
  const row = (label: string) => geometry.rows.find((own) => own.row.label === label)!;

  test('sees within a layer what size hides when checkpoints are pooled', () => {
    expect(row('full').trained.layer!.mean).toBeCloseTo(-1, 10);
    expect(row('full').trained.pooled!.mean).toBeGreaterThan(0.99);
    expect(row('lora').trained.layer!.mean).toBeCloseTo(1, 10);
    expect(row('lora').trained.outputs!.mean).toBe(0.5);
  });

  test('compares with random updates of the same size, one value a seed', () => {
    expect(row('full').random.layer!.mean).toBeCloseTo(1, 10);
    expect(row('full').difference.layer!.mean).toBeCloseTo(-2, 10);
    expect(row('lora').difference.outputs).toMatchObject({ n: 3, mean: 0.25 });
  });

  test('averages the tasks of a seed first', () => {
    const two = [
      ...fakeGeometrySweep(2),
      ...fakeGeometrySweep(2).map(({ trial }) =>
        fakeGeometry(trial.settings.method.label, trial.settings.seed, -1, 'rte'),
      ),
    ];
    const lora = geometryOf(compare('fake', two)!)!.rows.find((own) => own.row.label === 'lora')!;
    expect(lora.trained.outputs).toMatchObject({ n: 2, mean: 0 });
  });

  test('has the null of several sizes', () => {
    expect(geometry.sizes.map(({ share }) => share)).toEqual([0.01, 0.1]);
    expect(geometry.sizes[0]!.magnitude).toBeCloseTo(0.01 * 1.015, 12);
    expect(geometry.sizes[0]!.layer!.mean).toBeCloseTo(-1, 10);
    expect(geometry.sizes[1]!.outputs!.mean).toBeCloseTo(0.2, 12);
    expect(geometry.pooledSizes!.mean).toBeGreaterThan(0.9);
  });

  test('is null where nothing was recorded', () => {
    expect(geometryOf(compare('fake', fakeSweep())!)).toBeNull();
  });
});

test('the tables show null, full fine-tuning, and α and β over training', () => {
  const { tables } = sweepReport('fake', fakeGeometrySweep());
  const table = tables.get('geometry')!;
  expect(table.sections[0]!.rows.map(([name]) => name)).toEqual(['full fine-tuning', 'LoRA', 'LoMAP']);
  expect(table.sections.at(-1)!.rows.map(([name]) => name)).toEqual(['1 %', '10 %', 'all sizes']);
  expect(table.notes.join(' ')).not.toContain('Full fine-tuning is not in this table');
  const training = tables.get('geometry-training')!;
  expect(training.sections[0]!.rows.filter(([name]) => name === 'LoMAP')).toEqual([
    ['LoMAP', '50 %', '0.0500', '1.0170', '0.1015', '0.0010', '1.1000'],
    ['LoMAP', '100 %', '0.1000', '2.0340', '0.2030', '0.0020', '1.2000'],
  ]);
  expect(training.sections[0]!.rows[0]!.slice(-2)).toEqual(['–', '–']);
  for (const { records } of [table, training]) {
    expect(records.rows.every((own) => own.length === records.columns.length)).toBe(true);
  }
});

test('the charts draw trained and random updates, and training', async () => {
  const { charts } = sweepReport('fake-name', fakeGeometrySweep());
  const { svg } = await renderChart(charts.get('geometry')!);
  for (const text of ['full fine-tuning', 'Random rank-8 updates', 'ΔD (log scale)', '50 %'])
    expect(svg).toContain(text);
  expect(svg).not.toContain('NaN');
  const colours = JSON.stringify(charts.get('geometry')).match(/#[0-9a-f]{6}\b/gi)!;
  expect(Object.keys(DARK)).toEqual(expect.arrayContaining(colours));
  const training = (await renderChart(charts.get('geometry-training')!)).svg;
  for (const text of ['‖ΔW‖ / ‖W‖', 'β', 'steps done (%)']) expect(training).toContain(text);
});
