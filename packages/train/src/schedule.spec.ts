import { describe, expect, test } from '@jest/globals';
import { dataOrder } from './order.ts';
import { learningRates, stepsPerEpoch, totalSteps, warmupSteps } from './schedule.ts';

describe('steps', () => {
  test('count the short last batch and round a fraction of an epoch up', () => {
    expect(stepsPerEpoch(100, 32)).toBe(4);
    const settings = { batchSize: 32, epochs: 3, maxSteps: null };
    expect(totalSteps(100, settings)).toBe(12);
    expect(totalSteps(100, { ...settings, epochs: 0.3 })).toBe(2);
    // 0.7 · 30 is 21 in real numbers, a little less or more in doubles.
    expect(totalSteps(30, { batchSize: 1, epochs: 0.7, maxSteps: null })).toBe(21);
    expect(totalSteps(100, { ...settings, maxSteps: 5 })).toBe(5);
  });

  test('of warm-up: given, or a share of all, and never more than all', () => {
    expect(warmupSteps(100, { warmupRatio: 0.1, warmupSteps: null })).toBe(10);
    expect(warmupSteps(101, { warmupRatio: 0.1, warmupSteps: null })).toBe(11);
    expect(warmupSteps(100, { warmupRatio: 0.1, warmupSteps: 0 })).toBe(0);
    expect(warmupSteps(5, { warmupRatio: 0, warmupSteps: 50 })).toBe(5);
  });
});

describe('learningRates', () => {
  const settings = { learningRate: 8, schedule: 'linear', warmupRatio: 0, warmupSteps: 3 } as const;

  test('linear: no step at rate 0, the peak at step W, down to peak / (T - W)', () => {
    expect(learningRates(7, settings)).toEqual([2, 4, 6, 8, 6, 4, 2]);
  });

  test('constant after warm-up', () => {
    expect(learningRates(5, { ...settings, schedule: 'constant' })).toEqual([2, 4, 6, 8, 8]);
  });

  test('without warm-up the first step has the peak', () => {
    expect(learningRates(4, { ...settings, warmupSteps: null })).toEqual([8, 6, 4, 2]);
  });

  test('a run shorter than its warm-up has finite rates', () => {
    expect(learningRates(2, settings)).toEqual([8 / 3, 16 / 3]);
  });
});

describe('dataOrder', () => {
  test('reads every row once an epoch, in another order each, the last batch short', () => {
    const rows = dataOrder(7, 10, 4);
    const epoch = (e: number): number[] => [0, 1, 2].flatMap((i) => [...rows(3 * e + i)]);
    expect(rows(2)).toHaveLength(2);
    for (const e of [0, 1]) expect(epoch(e).sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(epoch(0)).not.toEqual(epoch(1));
  });

  test('is a function of the step, not of the steps before', () => {
    const rows = dataOrder(7, 10, 4);
    const all = [0, 1, 2, 3, 4].map((k) => [...rows(k)]);
    expect([...dataOrder(7, 10, 4)(4)]).toEqual(all[4]);
    expect([...rows(0)]).toEqual(all[0]);
    expect([...dataOrder(8, 10, 4)(0)]).not.toEqual(all[0]);
  });
});
