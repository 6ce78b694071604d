import { describe, expect, test } from '@jest/globals';
import type { Trial } from '@lomap/results';
import { fakeResult } from '@lomap/results/testing';
import { renderChart } from '../charts/render.ts';
import { trialChart } from '../charts/trial.ts';
import { epochPoints, lastStep, meanLoss, MOST_POINTS, thinLoss } from './curves.ts';
import { lossDrawing } from './sparkline.ts';

/** A trial with this training loss, a value for every so many steps. */
function trialOf(loss: readonly number[], steps = loss.length, every?: number): Trial {
  const { trial } = fakeResult();
  return { ...trial, steps, curves: { ...trial.curves, loss: [...loss], ...(every !== undefined && { every }) } };
}

describe('thinLoss', () => {
  test('keeps a short curve', () => {
    expect(thinLoss(trialOf([3, 1]))).toEqual({
      every: 1,
      steps: 1,
      points: [
        [1, 3, 3, 3],
        [2, 1, 1, 1],
      ],
    });
    expect(thinLoss(trialOf([]))).toEqual({ every: 1, steps: 1, points: [] });
  });

  test('takes mean, least and greatest of neighbouring steps, none left out', () => {
    expect(thinLoss(trialOf([1, 2, 3, 4, 9]), 3)).toEqual({
      every: 2,
      steps: 1,
      points: [
        [2, 1.5, 1, 2],
        [4, 3.5, 3, 4],
        [5, 9, 9, 9],
      ],
    });
    for (const n of [300, 301, 599, 600, 601, 12_345]) {
      const { points } = thinLoss(trialOf(Array.from({ length: n }, (_, i) => Math.sin(i))));
      expect(points.length).toBeLessThanOrEqual(MOST_POINTS);
      expect(points.at(-1)![0]).toBe(n);
    }
  });

  test('of a curve thinned before, each point stands at the last of its steps', () => {
    const packed = trialOf([5, 3, 1], 8, 3);
    expect(thinLoss(packed)).toEqual({
      every: 3,
      steps: 3,
      points: [
        [3, 5, 5, 5],
        [6, 3, 3, 3],
        [8, 1, 1, 1],
      ],
    });
    expect(lastStep(packed)).toBe(8);
    expect(thinLoss(packed, 2).points).toEqual([
      [6, 4, 3, 5],
      [8, 1, 1, 1],
    ]);
  });
});

test('the mean loss between steps counts a step with the mean that it went into', () => {
  const packed = trialOf([5, 3, 1], 8, 3);
  expect(meanLoss(packed, 0, 4)).toBe((3 * 5 + 3) / 4);
  expect(meanLoss(packed, 4, 8)).toBe((2 * 3 + 2 * 1) / 4);
  expect(meanLoss(packed, 4, 100)).toBe((2 * 3 + 2 * 1) / 4);
  expect(meanLoss(packed, 8, 9)).toBeNull();
});

test('epochs by metric, in points, with the kept one', () => {
  const { trial } = fakeResult({ score: 0.61234567 });
  expect(epochPoints(trial)).toEqual([{ epoch: 1, step: 2, metric: 'accuracy', score: 61.235, chosen: true }]);
  expect(meanLoss(trial, 0, 2)).toBeCloseTo(0.65, 12);
  expect(meanLoss(trial, 2, 2)).toBeNull();
});

test('the drawing has an axis from 0, a line and a name', () => {
  const { text } = lossDrawing(thinLoss(trialOf([2, 1])), 'loss of "x"');
  expect(text).toContain('aria-label="loss of &quot;x&quot;"');
  expect(text).toContain('points="302,12 548,67"');
  expect(lossDrawing(thinLoss(trialOf([])), '').text).toBe('');
});

test.each([1, 2])('a trial’s chart, %i abreast, is a specification that Vega-Lite takes as it is', async (abreast) => {
  const data = {
    loss: [{ step: 1, mean: 2, low: 1, high: 3 }],
    epochs: [{ step: 1, epoch: 1, metric: 'accuracy', score: 50, chosen: true }],
  };
  const { svg } = await renderChart({ ...trialChart(abreast), datasets: data });
  for (const text of ['Training loss', 'Selection split', 'accuracy', 'score (points)']) expect(svg).toContain(text);
});
