import { describe, expect, test } from '@jest/globals';
import type { Curves, Trial } from '../schema/trial.ts';
import { fakeResult } from '../testing.ts';
import { leaveOut, restoreCurves, thinCurves } from './curves.ts';

/** Curves of so many steps as training makes them, with gradients that are clipped now and then. */
function fakeCurves(steps: number, training: Trial['settings']['training']): Curves {
  const k = Array.from({ length: steps }, (_, i) => i);
  const norm = k.map((i) => Math.fround(1.2 + Math.sin(i)));
  const warmup = Math.ceil(training.warmupRatio * steps);
  const { learningRate: peak } = training;
  return {
    loss: k.map((i) => Math.fround(1 / (i + 1))),
    learningRate: k.map((i) =>
      i < warmup ? (peak * (i + 1)) / (warmup + 1) : (peak * (steps - i)) / (steps - warmup),
    ),
    gradientNorm: { adapter: norm, head: norm.map((value) => Math.fround(value / 8)) },
    clippingFactor: {
      adapter: norm.map((value) => Math.min(1, Math.fround(1 / Math.fround(value + Math.fround(1e-6))))),
      head: norm.map(() => 1),
    },
  };
}

function trialOf(steps: number, training: Partial<Trial['settings']['training']> = {}): Trial {
  const { trial } = fakeResult({ training });
  return { ...trial, steps, curves: fakeCurves(steps, trial.settings.training) };
}

describe('thinCurves', () => {
  test('leaves up to a hundred points as they are, every digit of them', () => {
    const { curves } = trialOf(100);
    expect(thinCurves(curves)).toBe(curves);
  });

  test.each([101, 200, 201, 723, 12_345])('of %i steps, takes means to four digits, no step left out', (steps) => {
    const { curves } = trialOf(steps);
    const thinned = thinCurves(curves);
    const every = Math.ceil(steps / 100);
    expect(thinned.every).toBe(every);
    expect(thinned.loss).toHaveLength(Math.ceil(steps / every));
    expect(thinned.loss.length).toBeLessThanOrEqual(100);
    const last = curves.loss.slice((thinned.loss.length - 1) * every);
    const mean = last.reduce((sum, value) => sum + value, 0) / last.length;
    expect(thinned.loss.at(-1)).toBe(Number(mean.toPrecision(4)));
    expect(Object.values(thinned.gradientNorm).map(({ length }) => length)).toEqual([
      thinned.loss.length,
      thinned.loss.length,
    ]);
  });

  test('thins once', () => {
    const thinned = thinCurves(trialOf(12_345).curves);
    expect(thinCurves(thinned)).toBe(thinned);
  });
});

describe('curves that follow from others', () => {
  test.each([{}, { schedule: 'constant' as const, warmupRatio: 0 }, { warmupSteps: 3 }])(
    'short ones: none is kept',
    (training) => {
      const trial = trialOf(100, training);
      const rates = { 0: 100 };
      if (training.schedule === 'constant') trial.curves.learningRate.fill(1e-3);
      if (training.warmupSteps === 3) {
        trial.curves.learningRate = trial.curves.learningRate.map((_, k) =>
          k < 3 ? (1e-3 * (k + 1)) / 4 : (1e-3 * (rates[0] - k)) / 97,
        );
      }
      const kept = leaveOut(trial);
      expect(Object.keys(kept).sort()).toEqual(['gradientNorm', 'loss']);
      expect(restoreCurves(kept, trial.settings.training, 100)).toEqual(trial.curves);
    },
  );

  test('thinned ones: learning rates are not kept, factors are where some steps of a point were clipped', () => {
    const whole = trialOf(250);
    const trial = { ...whole, curves: thinCurves(whole.curves) };
    const kept = leaveOut(trial);
    expect(Object.keys(kept).sort()).toEqual(['clippingFactor', 'every', 'gradientNorm', 'loss']);
    expect(restoreCurves(kept, trial.settings.training, 250)).toEqual(trial.curves);
  });

  test.each([
    ['another schedule', (trial: Trial) => (trial.curves.learningRate[7] = 1), 'learningRate'],
    ['another factor', (trial: Trial) => (trial.curves.clippingFactor['head']![3] = 0.5), 'clippingFactor'],
    ['groups clipped together', (trial: Trial) => (trial.settings.training.clipping = 'joint'), 'clippingFactor'],
    ['fewer steps than the trial says', (trial: Trial) => (trial.steps = 120), 'learningRate'],
  ])('%s: kept as it is', (_, change, key) => {
    const trial = trialOf(100);
    change(trial);
    const kept = leaveOut(trial);
    expect(Object.keys(kept)).toContain(key);
    expect(restoreCurves(kept, trial.settings.training, trial.steps)).toEqual(trial.curves);
  });

  test('no curve is made of a number of steps that nobody trains', () => {
    const { settings } = trialOf(10);
    expect(restoreCurves({ loss: [], gradientNorm: {}, every: 1e9 }, settings.training, 1e12)).toMatchObject({
      learningRate: null,
    });
  });
});
