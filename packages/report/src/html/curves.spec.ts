import { describe, expect, test } from '@jest/globals';
import { fakeResult } from '@lomap/results/testing';
import { renderChart } from '../charts/render.ts';
import { trialChart } from '../charts/trial.ts';
import { epochPoints, meanLoss, MOST_POINTS, thin } from './curves.ts';
import { lossDrawing } from './sparkline.ts';

describe('thin', () => {
  test('keeps a short curve', () => {
    expect(thin([3, 1])).toEqual({
      every: 1,
      points: [
        [1, 3, 3, 3],
        [2, 1, 1, 1],
      ],
    });
    expect(thin([])).toEqual({ every: 1, points: [] });
  });

  test('takes mean, least and greatest of neighbouring steps, none left out', () => {
    expect(thin([1, 2, 3, 4, 9], 3)).toEqual({
      every: 2,
      points: [
        [2, 1.5, 1, 2],
        [4, 3.5, 3, 4],
        [5, 9, 9, 9],
      ],
    });
    for (const n of [300, 301, 599, 600, 601, 12_345]) {
      const { points } = thin(Array.from({ length: n }, (_, i) => Math.sin(i)));
      expect(points.length).toBeLessThanOrEqual(MOST_POINTS);
      expect(points.at(-1)![0]).toBe(n);
    }
  });
});

test('epochs by metric, in points, with the kept one', () => {
  const { trial } = fakeResult({ score: 0.61234567 });
  expect(epochPoints(trial)).toEqual([{ epoch: 1, step: 2, metric: 'accuracy', score: 61.235, chosen: true }]);
  expect(meanLoss(trial, 0, 2)).toBeCloseTo(0.65, 12);
  expect(meanLoss(trial, 2, 2)).toBeNull();
});

test('the drawing has an axis from 0, a line and a name', () => {
  const { text } = lossDrawing(thin([2, 1]), 'loss of "x"');
  expect(text).toContain('aria-label="loss of &quot;x&quot;"');
  expect(text).toContain('points="302,12 548,67"');
  expect(lossDrawing(thin([]), '').text).toBe('');
});

test.each([1, 2])('a trial’s chart, %i abreast, is a specification that Vega-Lite takes as it is', async (abreast) => {
  const data = {
    loss: [{ step: 1, mean: 2, low: 1, high: 3 }],
    epochs: [{ step: 1, epoch: 1, metric: 'accuracy', score: 50, chosen: true }],
  };
  const { svg } = await renderChart({ ...trialChart(abreast), datasets: data });
  for (const text of ['Training loss', 'Selection split', 'accuracy', 'score (points)']) expect(svg).toContain(text);
});
