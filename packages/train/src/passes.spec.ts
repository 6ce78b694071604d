import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { disposeFrozen, float32, tf, type DeviceName, type HostTensor, type Specs } from '@lomap/compile';
import type { ParamSpec } from '@lomap/peft';
import { createAccumulatingEngine } from './accumulating-engine.ts';
import { dropoutOffsets, dropoutSites } from './dropout.ts';
import { flatLayout } from './flat-layout.ts';
import { adamw } from './optimizers/adamw.ts';
import { gradientAccumulationSteps, partsOf } from './passes.ts';
import { createStepEngine, type StepEngineOptions } from './step-engine.ts';
import type { StepResult } from './step.ts';

describe('gradientAccumulationSteps', () => {
  test.each([
    { mean: 10, batchSize: 32, passes: 1 },
    { mean: 20, batchSize: 32, passes: 1 },
    { mean: 21, batchSize: 32, passes: 2 },
    { mean: 53, batchSize: 32, passes: 4 },
    { mean: 53, batchSize: 30, passes: 3 },
    { mean: 65, batchSize: 30, passes: 5 },
    { mean: 600, batchSize: 4, passes: 4 },
  ])('$batchSize examples of $mean tokens on average: $passes', ({ mean, batchSize, passes }) => {
    expect(gradientAccumulationSteps({ batchSize }, [mean - 9, mean + 9])).toBe(passes);
  });

  test('the setting goes first, and has to divide the batch', () => {
    expect(gradientAccumulationSteps({ batchSize: 32, gradientAccumulationSteps: 8 }, [3])).toBe(8);
    expect(() => gradientAccumulationSteps({ batchSize: 32, gradientAccumulationSteps: 3 }, [3])).toThrow(
      'gradientAccumulationSteps is 3, which does not divide the batch size 32.',
    );
  });
});

describe('partsOf', () => {
  const lengths = (given: readonly number[], batchSize: number, passes: number): number[][] =>
    partsOf(given, batchSize, passes, (length) => length);

  test('are of similar length', () => {
    expect(lengths([5, 1, 9, 2, 8, 3], 6, 3)).toEqual([
      [1, 2],
      [3, 5],
      [8, 9],
    ]);
  });

  test('a short batch has fewer; one part keeps the order', () => {
    expect(lengths([5, 1, 9], 6, 3)).toEqual([[1, 5], [9]]);
    expect(lengths([5, 1, 9], 6, 1)).toEqual([[5, 1, 9]]);
  });
});

test('parts have masks of their own, the first those of a batch in one part', () => {
  expect(dropoutOffsets(1, 2, ['x'], 0)).toEqual(dropoutOffsets(1, 2, ['x']));
  expect(new Set([0, 1, 2].map((part) => dropoutOffsets(1, 2, ['x'], part)[0])).size).toBe(3);
});

describe.each<DeviceName>(['tfjs-cpu', 'cpu'])('accumulation on %s', (device) => {
  let cacheDirectory: string;
  beforeAll(async () => {
    cacheDirectory = await mkdtemp(join(tmpdir(), 'lomap-passes-'));
  });
  afterAll(async () => {
    disposeFrozen();
    await rm(cacheDirectory, { recursive: true, force: true });
  });

  interface Batch {
    readonly x: tf.Tensor;
    readonly y: tf.Tensor;
  }
  const spec = (name: string, group: ParamSpec['group'], size: number): ParamSpec => ({
    name,
    shape: [size],
    group,
    decay: true,
    learningRateMultiplier: 1,
    init: () => new Float32Array(size),
  });
  const where = flatLayout([spec('weight', 'adapter', 3), spec('bias', 'head', 1)]);
  /** A regression by tanh(x·w + b), with dropout on its inputs. */
  const options = (rows: number, rate: number): StepEngineOptions<Batch> => {
    const sites = dropoutSites(cacheDirectory);
    return {
      layout: where,
      sites,
      loss: ([weight, bias], { x, y }, offsets) => {
        const dropped = sites.at(offsets)(x, 'inputs', rate) as tf.Tensor2D;
        const sums = tf.sum(tf.mul(dropped, tf.reshape(weight!, [1, 3])), 1);
        const error = tf.sub(tf.tanh(tf.add(sums, bias!)), y);
        return tf.mul(tf.sum(tf.square(error)), 1 / rows);
      },
      batch: { x: { dtype: 'float32', shape: [rows, 3] }, y: { dtype: 'float32', shape: [rows] } } as Specs<Batch>,
      optimizer: adamw({ betas: [0.9, 0.999], epsilon: 1e-8, weightDecay: 0.01 }),
      clipping: { maxNorm: 0.1, by: 'group' },
      returnsGradient: true,
      device: { device, threads: 1, optimizationLevel: 'all', prepacking: true },
      cacheDirectory,
    };
  };
  const x = Array.from({ length: 12 }, (_, i) => Math.sin(7 * i + 1));
  const y = [0.4, -0.2, 0.9, 0.1];
  const rows = (from: number, to: number): Record<'x' | 'y', HostTensor> => ({
    x: float32(x.slice(3 * from, 3 * to), [to - from, 3]),
    y: float32(y.slice(from, to), [to - from]),
  });
  const state = {
    params: float32([0.3, -0.1, 0.2, 0.05], [4]),
    m: float32([0.1, 0, 0, 0.1], [4]),
    v: float32([0.1, 0.2, 0.3, 0.4], [4]),
  };
  const place = { k: 3, learningRate: 0.1, seed: 1 };

  test('is the step on the whole batch, to rounding', async () => {
    const whole = await createStepEngine(options(4, 0));
    const parts = await createAccumulatingEngine(options(2, 0));
    const expected = await whole.step(state, place, [{ batch: rows(0, 4), share: 1 }]);
    const actual = await parts.step(state, place, [
      { batch: rows(0, 2), share: 0.5 },
      { batch: rows(2, 4), share: 0.5 },
    ]);
    const numbers = ({ state, metrics, gradient }: StepResult<HostTensor>): number[] => {
      const tensors: HostTensor[] = [state.params, state.m!, state.v!, metrics.loss, metrics.gradientNorm, gradient!];
      return tensors.flatMap(({ data }) => Array.from(data));
    };
    expect(numbers(actual)).toHaveLength(3 * 4 + 1 + 2 + 4);
    numbers(actual).forEach((value, i) => expect(value).toBeCloseTo(numbers(expected)[i]!, 6));
    expect(actual.metrics.clippingFactor.data[0]).toBeLessThan(1);
    await whole.dispose();
    await parts.dispose();
  });

  test('with dropout the parts have different masks', async () => {
    const engine = await createAccumulatingEngine(options(2, 0.5));
    const twice = await engine.step(state, place, [
      { batch: rows(0, 2), share: 0.5 },
      { batch: rows(0, 2), share: 0.5 },
    ]);
    const once = await engine.step(state, place, [{ batch: rows(0, 2), share: 1 }]);
    expect(twice.metrics.loss.data[0]).not.toBeCloseTo(once.metrics.loss.data[0]!, 3);
    await engine.dispose();
  });

  test('a batch in parts is refused where it is taken whole', async () => {
    const engine = await createStepEngine(options(2, 0));
    const part = { batch: rows(0, 2), share: 0.5 };
    await expect(engine.step(state, place, [part, part])).rejects.toThrow('takes a batch in one part');
    await engine.dispose();
  });
});
