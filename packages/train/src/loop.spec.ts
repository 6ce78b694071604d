import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { float32, floats, tf, type HostTensor } from '@lomap/compile';
import type { ParamSpec } from '@lomap/peft';
import { resumeFile } from './resume-file.ts';
import { flatLayout } from './flat-layout.ts';
import { DivergenceError, trainLoop, type LoopOptions } from './loop.ts';
import { meanSquaredError } from './objectives/losses.ts';
import { dataOrder } from './order.ts';
import { adamw } from './optimizers/adamw.ts';
import { learningRates } from './schedule.ts';
import { trainStep, type StepResult } from './step.ts';
import { InterruptedError } from './watch.ts';

/** A linear regression with every part that a real run has: order, schedule, clipping by group, AdamW, evaluation. */
const init = (): Float32Array => new Float32Array();
const specs: ParamSpec[] = [
  { name: 'weight', shape: [1, 2], group: 'adapter', decay: true, learningRateMultiplier: 1, init },
  { name: 'bias', shape: [1], group: 'head', decay: false, learningRateMultiplier: 2, init },
];
const inputs = Array.from({ length: 10 }, (_, i) => [Math.sin(i), Math.cos(3 * i)] as const);
const targets = inputs.map(([a, b]) => 2 * a - b + 0.5);
const where = flatLayout(specs);
const optimizer = adamw({ betas: [0.9, 0.999], epsilon: 1e-8, weightDecay: 0.01 });
const step = trainStep<{ x: tf.Tensor2D; y: tf.Tensor1D }>({
  layout: where,
  loss: ([w, b], { x, y }) =>
    meanSquaredError(tf.add(tf.matMul(x, w as tf.Tensor2D, false, true), b!), y, tf.onesLike(y)),
  optimizer,
  clipping: { maxNorm: 1, by: 'group' },
});
const rows = dataOrder(3, inputs.length, 4);

function hostStep(...[state, k, learningRate]: Parameters<LoopOptions['step']>): Promise<StepResult<HostTensor>> {
  const vector = (tensor: HostTensor): tf.Tensor1D => tf.tensor1d(floats(tensor));
  const host = (tensor: tf.Tensor1D): HostTensor => float32(tensor.dataSync() as Float32Array, tensor.shape);
  const batch = [...rows(k)];
  const numbers = Object.entries(optimizer.hyper({ k, learningRate }));
  tf.engine().startScope();
  const result = step(
    { params: vector(state.params), m: vector(state.m!), v: vector(state.v!) },
    { x: tf.tensor2d(batch.map((i) => [...inputs[i]!])), y: tf.tensor1d(batch.map((i) => targets[i]!)) },
    {
      ...Object.fromEntries(numbers.map(([name, value]) => [name, tf.tensor1d([value])] as const)),
      dropoutOffsets: tf.zeros([1], 'int32'),
    },
  );
  const { params, m, v } = result.state;
  const { loss, gradientNorm, clippingFactor } = result.metrics;
  const outcome = {
    state: { params: host(params), m: host(m!), v: host(v!) },
    metrics: { loss: host(loss), gradientNorm: host(gradientNorm), clippingFactor: host(clippingFactor) },
  };
  tf.engine().endScope();
  return Promise.resolve(outcome);
}

let directory: string;
let notes: string[];
beforeAll(async () => {
  await tf.setBackend('cpu');
});
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lomap-loop-'));
  notes = [];
});
afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

const schedule = { learningRate: 0.3, schedule: 'linear', warmupRatio: 0.1, warmupSteps: null } as const;

function options(changes: Partial<LoopOptions> = {}): LoopOptions {
  return {
    initial: Float32Array.of(0.1, -0.1, 0),
    slots: optimizer.slots,
    groups: where.groups.map(({ name }) => name),
    learningRates: learningRates(11, schedule),
    stepsPerEpoch: 3,
    step: hostStep,
    evaluate: (params) =>
      Promise.resolve({ scores: { closeness: -Math.hypot(params[0]! - 2, params[1]! + 1, params[2]! - 0.5) } }),
    primaryMetric: 'closeness',
    resume: { directory, everySteps: 4, fingerprint: 'toy' },
    onNote: (note) => notes.push(note),
    ...changes,
  };
}

/** All of a run but its times. */
async function outcome(changes: Partial<LoopOptions> = {}): Promise<object> {
  const { seconds, ...rest } = await trainLoop(options(changes));
  expect(Object.keys(seconds)).toEqual(['train', 'evaluate']);
  return rest;
}

describe('trainLoop', () => {
  test('shows the parameters after the steps asked for, and is not changed by it', async () => {
    const seen: [number, Float32Array][] = [];
    const take = (at: number, params: Float32Array) => void seen.push([at, params.slice()]);
    const probe = { steps: new Set([2, 11]), take };
    const progress = await trainLoop(options({ resume: null, probe }));
    expect(seen.map(([at]) => at)).toEqual([2, 11]);
    expect(seen[1]![1]).toEqual(floats(progress.state.params));
    expect(seen[0]![1]).not.toEqual(seen[1]![1]);
    const plain = await trainLoop(options({ resume: null }));
    expect(floats(plain.state.params)).toEqual(floats(progress.state.params));
  });

  test('trains, evaluates at each epoch and at the end, and records every step', async () => {
    const told: number[] = [];
    const progress = await trainLoop(options({ resume: null, onStep: (info) => told.push(info.step) }));
    expect(told).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect(progress.epochs.map(({ epoch, step: at }) => [epoch, at])).toEqual([
      [1, 3],
      [2, 6],
      [3, 9],
      [11 / 3, 11],
    ]);
    expect(progress.curves.learningRate).toEqual(learningRates(11, schedule));
    for (const curve of [
      progress.curves.loss,
      progress.curves.gradientNorm['head'],
      progress.curves.clippingFactor['adapter'],
    ]) {
      expect(curve).toHaveLength(11);
    }
    expect(progress.curves.loss[10]).toBeLessThan(progress.curves.loss[0]! / 2);
  });

  test('keeps the best epoch, the earliest of equals', async () => {
    const scores = [0.1, 0.7, 0.7, 0.2];
    const seen: Float32Array[] = [];
    const evaluate: LoopOptions['evaluate'] = (params) => {
      seen.push(params.slice());
      return Promise.resolve({ scores: { closeness: scores[seen.length - 1]! } });
    };
    const { best } = await trainLoop(options({ resume: null, evaluate }));
    expect(best).toEqual({ epoch: 2, score: 0.7, params: seen[1] });
  });

  test('records whether the outputs hardly vary, through a stop and a new start', async () => {
    let evaluations = 0;
    const evaluate: LoopOptions['evaluate'] = () =>
      Promise.resolve({ scores: { closeness: 0 }, collapsed: evaluations++ < 2 });
    const abort = new AbortController();
    const onStep: LoopOptions['onStep'] = (info) => {
      if (info.step === 7) abort.abort();
    };
    await trainLoop(options({ evaluate, signal: abort.signal, onStep }));
    const { epochs } = await trainLoop(options({ evaluate }));
    expect(epochs.map(({ collapsed }) => collapsed)).toEqual([true, true, false, false]);
    expect((await trainLoop(options({ resume: null }))).epochs[0]).not.toHaveProperty('collapsed');
  });

  test.each([1, 3, 5, 10])(
    'stopped by the signal after step %i and started again, ends with the same bits',
    async (stop) => {
      const reference = await outcome({ resume: null });
      const abort = new AbortController();
      const onStep: LoopOptions['onStep'] = (info) => {
        if (info.step === stop) abort.abort();
      };
      expect((await trainLoop(options({ signal: abort.signal, onStep }))).step).toBe(stop);
      expect(await outcome()).toEqual(reference);
      expect(notes).toEqual([`Resumed at step ${stop} of 11.`]);
    },
  );

  test.each([3, 9, 11])(
    'stopped in the evaluation after step %i and started again, scores without a step and ends with the same bits',
    async (stop) => {
      const reference = await outcome({ resume: null });
      const { evaluate } = options();
      let at = 0;
      const onStep: LoopOptions['onStep'] = (info) => {
        at = info.step;
      };
      const stopping: LoopOptions['evaluate'] = (params) =>
        at === stop ? Promise.reject(new InterruptedError()) : evaluate!(params);
      const stopped = await trainLoop(options({ onStep, evaluate: stopping }));
      expect([stopped.step, stopped.complete]).toEqual([stop, false]);
      expect(stopped.epochs.map(({ step: epoch }) => epoch)).not.toContain(stop);

      const resumed: number[] = [];
      expect(await outcome({ onStep: ({ step: ran }) => resumed.push(ran) })).toEqual(reference);
      expect(resumed).toEqual(Array.from({ length: 11 - stop }, (_, i) => stop + 1 + i));
    },
  );

  test('stopped while the probe takes its numbers, is asked for them again', async () => {
    const reference = await outcome({ resume: null });
    const seen: [number, Float32Array][] = [];
    const steps = new Set([2, 6]);
    const stopped = { steps, take: () => Promise.reject(new InterruptedError()) };
    expect(await trainLoop(options({ probe: stopped }))).toMatchObject({ step: 2, complete: false });
    const take = (at: number, params: Float32Array) => void seen.push([at, params.slice()]);
    expect(await outcome({ probe: { steps, take } })).toEqual(reference);
    expect(seen.map(([at]) => at)).toEqual([2, 6]);
  });

  test('killed between two savings, goes on from the last one and ends with the same bits', async () => {
    const reference = await outcome({ resume: null });
    const dying: LoopOptions['step'] = (state, k, rate) =>
      k === 7 ? Promise.reject(new Error('killed')) : hostStep(state, k, rate);
    await expect(trainLoop(options({ step: dying }))).rejects.toThrow('killed');
    expect(await outcome()).toEqual(reference);
    expect(notes).toEqual(['Resumed at step 4 of 11.']);
  });

  test('a finished run started again runs no step', async () => {
    const reference = await outcome();
    const never = (): never => {
      throw new Error('A step was run.');
    };
    expect(await outcome({ step: never })).toEqual(reference);
  });

  test('a damaged resume file is reported and the run starts from scratch', async () => {
    const reference = await outcome();
    await writeFile(resumeFile(directory), 'LOMAPREC, but not much more than that; certainly not a whole record.');
    expect(await outcome()).toEqual(reference);
    expect(notes).toHaveLength(1);
    expect(notes[0]).toMatch(/checkpoint\.bin .*Training starts from scratch\.$/);
  });

  test.each([
    ['loss', 'the loss is NaN'],
    ['gradientNorm', 'a gradient norm is not finite'],
  ] as const)('a %s that is not a number stops the run, naming step and learning rate', async (metric, message) => {
    const diverging: LoopOptions['step'] = async (state, k, rate) => {
      const result = await hostStep(state, k, rate);
      if (k < 2) return result;
      const { shape } = result.metrics[metric];
      return {
        ...result,
        metrics: {
          ...result.metrics,
          [metric]: float32(
            shape.map(() => Number.NaN),
            shape.map(() => 1),
          ),
        },
      };
    };
    const failure = trainLoop(options({ step: diverging }));
    await expect(failure).rejects.toThrow(DivergenceError);
    await expect(failure).rejects.toThrow(`at step 2 of 11 (counted from 0): ${message}`);
    await expect(failure).rejects.toThrow(`learning rate ${learningRates(11, schedule)[2]}`);
  });

  test('a score that is missing is an error', async () => {
    await expect(trainLoop(options({ primaryMetric: 'f1' }))).rejects.toThrow(
      "The score 'f1' on the selection split is undefined",
    );
  });
});
