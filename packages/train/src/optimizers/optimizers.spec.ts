/** An optimizer from outside: registered, trained eagerly and compiled, stopped and resumed. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { float32, floats, tf, type DeviceName, type HostTensor, type Specs } from '@lomap/compile';
import type { ParamSpec } from '@lomap/peft';
import { dropoutSites } from '../dropout.ts';
import { flatLayout } from '../flat-layout.ts';
import { trainLoop, type LoopOptions } from '../loop.ts';
import { createStepEngine, type StepEngine } from '../step-engine.ts';
import { adamw } from './adamw.ts';
import type { Optimizer, OptimizerSettings } from './optimizer.ts';
import { createOptimizer, optimizerNames, registerOptimizer } from './registry.ts';

/** Heavy-ball momentum: u ← β₁ u + g; p ← p - η u. One slot, one number. */
const momentum = ({ betas: [beta] }: OptimizerSettings): Optimizer => ({
  name: 'test-momentum',
  slots: ['velocity'],
  hyper: ({ learningRate }) => ({ learningRate }),
  update(state, gradient, { learningRate }) {
    const velocity: tf.Tensor1D = tf.add(tf.mul(state.velocity!, beta), gradient);
    return { params: tf.sub(state.params, tf.mul(learningRate!, velocity)), velocity };
  },
});
const settings: OptimizerSettings = { betas: [0.9, 0.999], epsilon: 1e-8, weightDecay: 0 };

let cacheDirectory: string;
beforeAll(async () => {
  registerOptimizer('test-momentum', momentum);
  await tf.setBackend('cpu');
  cacheDirectory = await mkdtemp(join(tmpdir(), 'lomap-optimizers-'));
});
afterAll(async () => {
  await rm(cacheDirectory, { recursive: true, force: true });
});

test('the registry knows AdamW and what was registered, and refuses other names', () => {
  expect(optimizerNames()).toEqual(['adamw', 'test-momentum']);
  expect(createOptimizer('test-momentum', settings).slots).toEqual(['velocity']);
  expect(() => createOptimizer('adam', settings)).toThrow('There is no optimizer "adam". Known: adamw, test-momentum.');
  expect(() => registerOptimizer('adamw', momentum)).toThrow('There is an optimizer "adamw" already');
});

test('AdamW corrects its moments from the first step on', () => {
  const numbers = adamw(settings).hyper({ k: 0, learningRate: 0.5 });
  expect(numbers).toEqual({
    learningRate: 0.5,
    correction1: 1 - 0.9,
    correction2: 1 - 0.999,
  });
});

const spec: ParamSpec = {
  ...{ name: 'weight', shape: [3], group: 'head', decay: false, learningRateMultiplier: 1 },
  init: () => new Float32Array(3),
};
const where = flatLayout([spec]);

describe.each(['tfjs-cpu', 'cpu'] as const)('an optimizer of another shape on %s', (device: DeviceName) => {
  let engine: StepEngine<{ target: tf.Tensor1D }>;
  const optimizer = momentum(settings);
  beforeAll(async () => {
    engine = await createStepEngine<{ target: tf.Tensor1D }>({
      layout: where,
      loss: ([weight], { target }) => tf.sum(tf.square(tf.sub(weight!, target))) as tf.Scalar,
      batch: { target: { dtype: 'float32', shape: [3] } } as Specs<{ target: tf.Tensor1D }>,
      sites: dropoutSites(cacheDirectory),
      optimizer,
      clipping: { maxNorm: null, by: 'joint' },
      device: { device, threads: 1, optimizationLevel: 'all', prepacking: true },
      cacheDirectory,
    });
  });
  afterAll(() => engine.dispose());

  const target: HostTensor = float32([1, -2, 0.5], [3]);
  const options = (changes: Partial<LoopOptions> = {}): LoopOptions => ({
    ...{ initial: new Float32Array(3), slots: optimizer.slots, groups: ['head'], stepsPerEpoch: 5 },
    learningRates: [0.1, 0.1, 0.05, 0.05, 0.02],
    step: (state, k, learningRate) =>
      engine.step(state, { k, learningRate, seed: 1 }, [{ batch: { target }, share: 1 }]),
    ...{ evaluate: null, primaryMetric: 'none', resume: null },
    ...changes,
  });

  test('follows its formula', async () => {
    const expected = [0, 0, 0];
    const velocity = [0, 0, 0];
    for (const rate of options().learningRates) {
      expected.forEach((value, i) => {
        velocity[i] = 0.9 * velocity[i]! + 2 * (value - target.data[i]!);
        expected[i] = value - rate * velocity[i]!;
      });
    }
    const { state } = await trainLoop(options());
    expect(Object.keys(state).sort()).toEqual(['params', 'velocity']);
    expected.forEach((value, i) => expect(floats(state.params)[i]).toBeCloseTo(value, 5));
    velocity.forEach((value, i) => expect(floats(state.velocity!)[i]).toBeCloseTo(value, 5));
  });

  test('stopped and resumed, ends with the same bits', async () => {
    const whole = await trainLoop(options());
    const resume = { directory: join(cacheDirectory, device), everySteps: 100, fingerprint: 'momentum' };
    const abort = new AbortController();
    const onStep: LoopOptions['onStep'] = ({ step }) => {
      if (step === 2) abort.abort();
    };
    expect((await trainLoop(options({ resume, signal: abort.signal, onStep }))).step).toBe(2);
    expect((await trainLoop(options({ resume }))).state).toEqual(whole.state);
  });
});
