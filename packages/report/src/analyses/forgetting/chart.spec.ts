import { expect, test } from '@jest/globals';
import { renderChart } from '../../charts/render.ts';
import { DARK } from '../../html/dark.ts';
import { sweepReport } from '../../sweep-report.ts';
import { fakeForgetting, fakeForgettingSweep } from '../../testing/fake-forgetting.ts';
import { cutOf, normTicks } from './chart-values.ts';

test('the charts draw every curve and say what is cut', async () => {
  const { charts, narrowCharts } = sweepReport('fake-name', fakeForgettingSweep(2, [3e-4, 3e-3]));
  for (const name of ['forgetting-score', 'forgetting-norm']) {
    const { svg, png } = await renderChart(charts.get(name)!);
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    for (const text of ['fake-encoder, 2 seeds', 'CoLA: pretraining text', 'RTE: MRPC', 'LoMAP', 'forgotten (nats)']) {
      expect(svg).toContain(text);
    }
    expect(svg).toContain('A curve may go on above its panel.');
    expect(svg).not.toContain('NaN');
    expect(svg.match(/aria-roledescription="line mark"/g)).toHaveLength(4 * 4); // methods × panels
    const colours = JSON.stringify(charts.get(name)).match(/#[0-9a-f]{6}\b/gi)!;
    expect(Object.keys(DARK)).toEqual(expect.arrayContaining(colours));
    expect(narrowCharts.get(name)).toMatchObject({ columns: 1 });
  }
});

test('one seed, one method and one point draw something', async () => {
  const { charts } = sweepReport('fake', [fakeForgetting({ task: 'rte' }, [{ score: 0.7, norm: 1, loss: 2.1 }])]);
  for (const name of ['forgetting-score', 'forgetting-norm']) {
    expect((await renderChart(charts.get(name)!)).svg).toContain('RTE: pretraining text');
  }
});

test('a panel is cut where one curve would press the others to the floor', () => {
  const tops = (...values: number[]) => values.map((forgotten, i) => ({ kind: 'mean', method: `${i}`, forgotten }));
  expect(cutOf(tops(1, 5, 2))).toBe(3);
  expect(cutOf(tops(1, 4, 2))).toBeNull();
  expect(cutOf(tops(9))).toBeNull();
  expect(cutOf(tops(9, 0))).toBeNull();
  expect(cutOf([])).toBeNull();
});

test('ticks of the norm are ones, twos and fives', () => {
  expect(normTicks([0.15, 12])).toEqual([0.2, 0.5, 1, 2, 5, 10]);
});
