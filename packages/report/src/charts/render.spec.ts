import { expect, test } from '@jest/globals';
import { renderChart } from './render.ts';

test('a clipped line wholly outside its panel is drawn, as nothing', async () => {
  const chart = (y: number) =>
    renderChart({
      $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
      width: 100,
      height: 100,
      data: {
        values: [
          { x: 0, y },
          { x: 1, y: y + 1 },
        ],
      },
      mark: { type: 'line', clip: true },
      encoding: {
        x: { field: 'x', type: 'quantitative', axis: null },
        y: { field: 'y', type: 'quantitative', scale: { domain: [0, 1] }, axis: null },
      },
    });
  const [outside, inside] = [await chart(1000), await chart(0)];
  expect(outside.png.subarray(1, 4).toString()).toBe('PNG');
  expect(outside.png.length).toBeLessThan(inside.png.length);
});
