/** AdaLoRA trained as a whole: eager and compiled, stopped and resumed, and what is left of its ranks. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { disposeFrozen, key, normal, sizeOf, takeRows, tf, type DeviceName } from '@lomap/compile';
import type { EncodedExample } from '@lomap/models';
import { adapt, methodDefaults, type BaseModel } from '@lomap/peft';
import { fit, type FitOptions, type FitResult } from './fit.ts';
import { classification, type Classify } from './objectives/sequence.ts';

const VOCABULARY = 6;
let cacheDirectory: string;
beforeAll(async () => {
  cacheDirectory = await mkdtemp(join(tmpdir(), 'lomap-ranks-'));
});
afterAll(async () => {
  disposeFrozen();
  await rm(cacheDirectory, { recursive: true, force: true });
});

/** Two adapted linear maps and a head, on the first token alone. */
const shapes = new Map([
  ['embed.weight', [4, VOCABULARY]],
  ['mix.weight', [5, 4]],
  ['classifier.weight', [2, 5]],
]);
const linears = [...shapes].map(([name, [out, columns]]) => ({
  ...{ path: name.replace('.weight', ''), out: out!, in: columns!, bias: false },
}));
const base: BaseModel = {
  linears,
  head: ['classifier'],
  tensors: [...shapes.keys()],
  shape: (name) => shapes.get(name)!,
  read: (name) => normal(key(7, name), sizeOf(shapes.get(name)!), 0, 0.5),
  fresh: (name) => base.read(name),
  frozen: (name) => tf.tensor(base.read(name), [...shapes.get(name)!]),
};
const method = {
  ...methodDefaults('adalora'),
  ...{ rank: 1, initR: 3, targetModules: ['embed', 'mix'], adapterDropout: 0.1 },
  ...{ tinit: 3, tfinal: 5, deltaT: 2 },
};
const adaptation = adapt(base, method);
const checkpoint: FitOptions['checkpoint'] = {
  context: (dropout) => ({
    param: (path) => base.frozen(path),
    linear: (path, x) => tf.matMul(x, base.frozen(`${path}.weight`) as tf.Tensor2D, false, true),
    dropout: (x, site, rate) => (dropout ? dropout(x, site, rate) : x),
  }),
};
const forward: Classify = (context, batch) => {
  const ids = tf.tensor2d([Array.from({ length: VOCABULARY }, (_, i) => i)], [1, VOCABULARY], 'int32');
  const oneHot = tf.cast(tf.equal(tf.reshape(batch.inputIds, [-1, 1]), ids), 'float32') as tf.Tensor2D;
  const first = takeRows(oneHot, batch.firstRow as tf.Tensor1D, batch.rowToExample as tf.Tensor1D);
  return context.linear('classifier', tf.tanh(context.linear('mix', tf.tanh(context.linear('embed', first)))));
};
/** Class 1 when the first token is even. */
const examples: EncodedExample[] = Array.from({ length: 22 }, (_, i) => {
  const first = (5 * i) % VOCABULARY;
  const inputIds = [first, ...new Array<number>(i % 4).fill(i % VOCABULARY)];
  return { inputIds, tokenTypeIds: inputIds.map(() => 0), label: first % 2 === 0 ? 1 : 0 };
});

/** 16 steps: the first 3 and the last 5 take nothing away that was not. */
const options = (device: DeviceName, changes: Partial<FitOptions> = {}): FitOptions => ({
  ...{ objective: classification(forward, 2), checkpoint, adaptation, cacheDirectory },
  device: { device, threads: 1, optimizationLevel: 'all', prepacking: true },
  train: examples.slice(0, 14),
  selection: examples.slice(14),
  score: () => ({ accuracy: 0.5 }),
  primaryMetric: 'accuracy',
  selectEpoch: 'best',
  settings: {
    ...{ batchSize: 4, epochs: 4, maxSteps: null, maxLength: 128, learningRate: 0.05, headLearningRate: null },
    ...{ schedule: 'linear', warmupRatio: 0.1, warmupSteps: null, weightDecay: 0, betas: [0.9, 0.999] },
    ...{ adamEpsilon: 1e-8, maxGradNorm: 1, clipping: 'group', dropout: null, maxTrainSamples: null },
  },
  seed: 1,
  checkpointDirectory: null,
  checkpointEverySteps: 100,
  ...changes,
});
const withoutTimes = ({ seconds: _, ...rest }: FitResult): object => rest;
const ranksOf = ({ params }: FitResult): (number | undefined)[] => adaptation.summary(params).map(({ rank }) => rank);

describe.each(['tfjs-cpu', 'cpu'] as const)('AdaLoRA on %s', (device) => {
  test('ends at its target; equal scores choose the first epoch after the last allocation', async () => {
    const result = await fit(options(device));
    const ranks = ranksOf(result);
    expect(ranks[0]! + ranks[1]!).toBe(2);
    expect(result.epochs.map(({ step }) => step)).toEqual([4, 8, 12, 16]);
    // The last allocation is at step 16 - 5.
    expect(result.chosenEpoch).toBe(3);
  });

  test.each([2, 9, 13])('stopped after step %i and resumed, ends with the same bits', async (stop) => {
    const reference = withoutTimes(await fit(options(device)));
    const checkpointDirectory = join(cacheDirectory, `${device}-${stop}`);
    const abort = new AbortController();
    const onStep: FitOptions['onStep'] = ({ step }) => {
      if (step === stop) abort.abort();
    };
    const stopped = await fit(options(device, { checkpointDirectory, signal: abort.signal, onStep }));
    expect(stopped).toMatchObject({ status: 'interrupted', steps: stop });
    const notes: string[] = [];
    const resumed = await fit(options(device, { checkpointDirectory, onNote: (note) => notes.push(note) }));
    expect(notes).toEqual([`Resumed at step ${stop} of 16.`]);
    expect(withoutTimes(resumed)).toEqual(reference);
  });

  test('what was taken away is 0 after every later step, and not before', async () => {
    const ranks: [number, number][] = [];
    const take = (step: number, params: Float32Array[]): void => {
      const left = adaptation.summary(params).map(({ rank }) => rank!);
      ranks.push([step, left[0]! + left[1]!]);
    };
    await fit(options(device, { probe: { steps: new Set([3, 4, 5, 6, 10, 11, 12, 16]), take } }));
    // Budgets of steps 4, 6, 10 and 11: 2 + 4 (1 - (t - 3)/8)³, rounded down. Between allocations ranks come back.
    expect(ranks).toEqual([
      ...[
        [3, 6],
        [4, 4],
        [5, 6],
        [6, 2],
        [10, 2],
        [11, 2],
        [12, 2],
        [16, 2],
      ],
    ]);
  });
});

test('compiled and eager training agree: the same ranks, losses and parameters', async () => {
  const [eager, compiled] = [await fit(options('tfjs-cpu')), await fit(options('cpu'))];
  expect(ranksOf(compiled)).toEqual(ranksOf(eager));
  compiled.curves.loss.forEach((loss, k) => expect(loss).toBeCloseTo(eager.curves.loss[k]!, 5));
  compiled.params.forEach((values, i) =>
    values.forEach((value, j) => expect(value).toBeCloseTo(eager.params[i]![j]!, 4)),
  );
});

test('the penalty is in the training loss', async () => {
  const one = { settings: { ...options('tfjs-cpu').settings, maxSteps: 1 }, selection: [] };
  const lossAt = async (orthRegWeight: number): Promise<number> => {
    const changed = { ...method, orthRegWeight, tinit: 0, tfinal: 0 };
    return (await fit(options('tfjs-cpu', { ...one, adaptation: adapt(base, changed) }))).curves.loss[0]!;
  };
  const adapted = adapt(base, { ...method, orthRegWeight: 2 });
  const starts = adapted.specs.map(({ shape }) => tf.zeros([...shape]));
  // At A = B = 0 each of the four norms is ‖I‖ = √3; the starts are small enough to be near.
  expect(adapted.penalty!(starts).dataSync()[0]).toBeCloseTo(2 * Math.sqrt(3), 5);
  expect((await lossAt(2)) - (await lossAt(0))).toBeCloseTo(2 * Math.sqrt(3), 1);
});
