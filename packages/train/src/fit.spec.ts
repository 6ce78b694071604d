/** The whole of training on a toy classifier of first tokens, eager on TensorFlow.js and compiled by ONNX Runtime. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { disposeFrozen, normal, takeRows, tf, type DeviceName } from '@lomap/compile';
import type { EncodedExample } from '@lomap/models';
import type { Adaptation, ParamSpec } from '@lomap/peft';
import { fit, type FitOptions, type FitResult } from './fit.ts';
import { classification, regression as regressionOf, type Classify } from './objectives/sequence.ts';
import { predict } from './predict.ts';
import { ReuseCache } from './reuse.ts';

const VOCABULARY = 6;
let cacheDirectory: string;
beforeAll(async () => {
  cacheDirectory = await mkdtemp(join(tmpdir(), 'lomap-fit-'));
});
afterAll(async () => {
  disposeFrozen();
  await rm(cacheDirectory, { recursive: true, force: true });
});

const spec = (name: string, shape: [number, number], group: ParamSpec['group']): ParamSpec => ({
  name,
  shape,
  group,
  decay: true,
  learningRateMultiplier: 1,
  init: (key) => normal(key, shape[0] * shape[1], 0, 0.1),
});
const specs = [spec('embedding', [VOCABULARY, 4], 'adapter'), spec('classifier', [2, 4], 'head')];

/** A fake adaptation whose adapter has a dropout of its own, asked of the base context. */
const adaptation: Adaptation = {
  specs,
  counts: { adapter: 4 * VOCABULARY, head: 8 },
  context: (params, base) => ({
    param: (path) => params[specs.findIndex(({ name }) => name === path)]!,
    linear(path, x) {
      const dropped = base.dropout(x, `${path}.adapter`, 0.1);
      return tf.matMul(dropped, this.param(path) as tf.Tensor2D, false, true);
    },
    dropout: (x, site, rate) => base.dropout(x, site, rate),
  }),
  merge: () => new Map(),
  merging: () => new Map(),
  unmerge: () => new Map(),
  summary: () => [],
};

const rates: [string, number][] = [];
const checkpoint: FitOptions['checkpoint'] = {
  context: (dropout) => ({
    param: (path) => {
      throw new Error(`No tensor ${path}.`);
    },
    linear: (path) => {
      throw new Error(`No module ${path}.`);
    },
    dropout(x, site, rate) {
      rates.push([site, rate]);
      return dropout ? dropout(x, site, rate) : x;
    },
  }),
};

const classify: Classify = (context, batch) => {
  const ids = tf.tensor2d([Array.from({ length: VOCABULARY }, (_, i) => i)], [1, VOCABULARY], 'int32');
  const oneHot = tf.cast(tf.equal(tf.reshape(batch.inputIds, [-1, 1]), ids), 'float32');
  const embedded = tf.matMul(oneHot as tf.Tensor2D, context.param('embedding') as tf.Tensor2D);
  const first = takeRows(embedded as tf.Tensor2D, batch.firstRow as tf.Tensor1D, batch.rowToExample as tf.Tensor1D);
  return context.linear('classifier', context.dropout(first, 'model.dropout', 0.3));
};

/** Class 1 when the first token is even. */
const examples: EncodedExample[] = Array.from({ length: 22 }, (_, i) => {
  const first = (5 * i) % VOCABULARY;
  const inputIds = [first, ...new Array<number>(i % 4).fill(i % VOCABULARY)];
  return { inputIds, tokenTypeIds: inputIds.map(() => 0), label: first % 2 === 0 ? 1 : 0 };
});

const on = (device: DeviceName): FitOptions['device'] => ({
  device,
  threads: 1,
  optimizationLevel: 'all',
  prepacking: true,
});

const onTfjs = (changes: Partial<FitOptions> = {}): FitOptions => ({
  objective: classification(classify, 2),
  checkpoint,
  adaptation,
  device: on('tfjs-cpu'),
  cacheDirectory,
  train: examples.slice(0, 14),
  selection: examples.slice(14),
  score: (logits) => ({
    accuracy: logits.filter(([no, yes], i) => Number(yes! > no!) === examples[14 + i]!.label).length / logits.length,
  }),
  primaryMetric: 'accuracy',
  selectEpoch: 'last',
  settings: {
    batchSize: 4,
    epochs: 4,
    maxSteps: null,
    maxLength: 128,
    learningRate: 0.1,
    headLearningRate: null,
    schedule: 'linear',
    warmupRatio: 0.1,
    warmupSteps: null,
    weightDecay: 0,
    betas: [0.9, 0.999],
    adamEpsilon: 1e-8,
    maxGradNorm: 1,
    clipping: 'group',
    dropout: null,
    maxTrainSamples: null,
  },
  seed: 1,
  resumeDirectory: null,
  saveEverySteps: 100,
  ...changes,
});

const withoutTimes = ({ seconds: _, ...rest }: FitResult): object => rest;

describe.each(['tfjs-cpu', 'cpu'] as const)('fit on %s', (device) => {
  const options = (changes: Partial<FitOptions> = {}): FitOptions => onTfjs({ device: on(device), ...changes });

  test('learns, and predicts with what it learnt in the order given', async () => {
    const result = await fit(options());
    expect(result).toMatchObject({ status: 'complete', steps: 16, chosenEpoch: 4, selectionScore: 1 });
    expect(result.epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4]);
    expect(Object.keys(result.curves.gradientNorm)).toEqual(['adapter', 'head']);
    expect(result.curves.loss[0]).toBeGreaterThan(0.6);
    expect(result.curves.loss[15]).toBeLessThan(0.45);
    const logits = await predict({ ...options(), params: result.params, examples });
    expect(logits.map(([no, yes]) => Number(yes! > no!))).toEqual(examples.map(({ label }) => label));
  });

  test('is repeatable, and differs by seed', async () => {
    const first = withoutTimes(await fit(options()));
    expect(withoutTimes(await fit(options()))).toEqual(first);
    expect(withoutTimes(await fit(options({ seed: 2 })))).not.toEqual(first);
  });

  test('a compiled step kept from another seed and learning rate ends with the same bits as a fresh one', async () => {
    const cache = new ReuseCache(2);
    const reuse = { cache, identity: device };
    const changes = { seed: 2, settings: { ...options().settings, learningRate: 0.05 } };
    const fresh = withoutTimes(await fit(options(changes)));
    await fit(options({ reuse }));
    expect(withoutTimes(await fit(options({ ...changes, reuse })))).toEqual(fresh);
    await cache.clear();
  });

  test('interrupted and started again, ends with the same bits, dropout included', async () => {
    const reference = withoutTimes(await fit(options()));
    const resumeDirectory = join(cacheDirectory, `trial-${device}`);
    const abort = new AbortController();
    const onStep: FitOptions['onStep'] = ({ step }) => {
      if (step === 6) abort.abort();
    };
    const stopped = await fit(options({ resumeDirectory, signal: abort.signal, onStep }));
    expect(stopped).toMatchObject({ status: 'interrupted', steps: 6, chosenEpoch: null, selectionScore: null });
    expect(withoutTimes(await fit(options({ resumeDirectory })))).toEqual(reference);
  });

  test('in parts, interrupted and started again, ends with the same bits', async () => {
    const settings = { ...options().settings, gradientAccumulationSteps: 2 };
    const reference = await fit(options({ settings }));
    expect(withoutTimes(reference)).not.toEqual(withoutTimes(await fit(options())));
    expect(reference.curves.loss[15]).toBeLessThan(0.45);
    const resumeDirectory = join(cacheDirectory, `parts-${device}`);
    const abort = new AbortController();
    const onStep: FitOptions['onStep'] = ({ step }) => {
      if (step === 6) abort.abort();
    };
    await fit(options({ settings, resumeDirectory, signal: abort.signal, onStep }));
    expect(withoutTimes(await fit(options({ settings, resumeDirectory })))).toEqual(withoutTimes(reference));
  });

  test('a resume file of other settings is not used', async () => {
    const resumeDirectory = join(cacheDirectory, `other-${device}`);
    const notes: string[] = [];
    await fit(options({ resumeDirectory }));
    await fit(options({ resumeDirectory, seed: 2, onNote: (note) => notes.push(note) }));
    expect(notes).toHaveLength(1);
    expect(notes[0]).toContain('is of another run');
  });

  test.each([
    [null, 0.3],
    [0, 0],
    [0.5, 0.5],
  ])('dropout %p makes the rate of the model %p and leaves that of the adapter', async (dropout, expected) => {
    rates.length = 0;
    const settings = { ...options().settings, dropout, maxSteps: 1 };
    await fit(options({ settings, selection: [] }));
    expect(new Map(rates)).toEqual(
      new Map([
        ['model.dropout', expected],
        ['classifier.adapter', 0.1],
      ]),
    );
  });

  test('without a selection split no epoch is chosen', async () => {
    const result = await fit(options({ selection: [], selectEpoch: 'best' }));
    expect(result).toMatchObject({ epochs: [], chosenEpoch: null, selectionScore: null, steps: 16 });
  });

  test('the head has a learning rate of its own', async () => {
    const base = { ...options().settings, maxSteps: 1, warmupRatio: 0, dropout: 0 };
    const start = await fit(options({ settings: { ...base, learningRate: 1e-30 } }));
    const end = await fit(options({ settings: { ...base, headLearningRate: 0.001 } }));
    const moved = end.params.map((values, i) =>
      Math.max(...values.map((value, j) => Math.abs(value - start.params[i]![j]!))),
    );
    // Adam's first step moves an element with a gradient by its learning rate.
    expect(moved[0]).toBeCloseTo(0.1, 4);
    expect(moved[1]).toBeCloseTo(0.001, 5);
  });

  test('the bias of a regression head starts at the mean label if asked', async () => {
    const bias: ParamSpec = { ...spec('classifier.bias', [1, 1], 'head'), shape: [1], init: () => new Float32Array(1) };
    const regression = [specs[0]!, spec('classifier', [1, 4], 'head'), bias];
    const param = (params: readonly tf.Tensor[], path: string): tf.Tensor =>
      params[regression.findIndex(({ name }) => name === path)]!;
    const biasOf = async (regressionBias: 'zero' | 'label-mean' | undefined): Promise<number> => {
      const result = await fit(
        options({
          objective: regressionOf(classify),
          adaptation: {
            ...adaptation,
            specs: regression,
            context: (params, base) => ({
              param: (path) => param(params, path),
              linear: (path, x) => {
                const product = tf.matMul(x, param(params, path) as tf.Tensor2D, false, true) as tf.Tensor2D;
                return tf.add(product, param(params, `${path}.bias`));
              },
              dropout: (x, site, rate) => base.dropout(x, site, rate),
            }),
          },
          train: examples.slice(0, 4).map((example, i) => ({ ...example, label: i })),
          selection: [],
          settings: { ...options().settings, maxSteps: 1, learningRate: 1e-30, regressionBias },
        }),
      );
      return result.params[2]![0]!;
    };
    expect(await biasOf('label-mean')).toBe(1.5);
    expect(await biasOf('zero')).toBeCloseTo(0, 20);
    expect(await biasOf(undefined)).toBeCloseTo(0, 20);
  });

  test('no training examples is an error', async () => {
    await expect(fit(options({ train: [] }))).rejects.toThrow('There are no training examples.');
  });
});

test.each([1, 2])(
  'a step and an evaluation that are not traced again end with the same bits, in %p parts',
  async (parts) => {
    const settings = { ...onTfjs().settings, gradientAccumulationSteps: parts };
    const options = (changes: Partial<FitOptions> = {}): FitOptions =>
      onTfjs({ device: on('cpu'), settings, ...changes });
    // A cache of nothing, as in another process.
    const reuse = { cache: new ReuseCache(0), identity: `parts ${parts}` };
    await fit(options({ reuse }));
    const changes = { seed: 2, settings: { ...settings, learningRate: 0.05 } };
    const fresh = withoutTimes(await fit(options(changes)));
    const objective = classification(() => {
      throw new Error('Traced again.');
    }, 2);
    const untraceable = options({ ...changes, reuse, objective });
    expect(withoutTimes(await fit(untraceable))).toEqual(fresh);
    await expect(fit({ ...untraceable, settings: { ...changes.settings, dropout: 0.2 } })).rejects.toThrow('Traced');
    await expect(fit({ ...untraceable, reuse: { ...reuse, identity: 'another' } })).rejects.toThrow('Traced');
    const renamed = { ...objective, key: 'classification of its own' };
    await expect(fit({ ...untraceable, objective: renamed })).rejects.toThrow('Traced');
  },
);

test('compiled and eager training agree, dropout included', async () => {
  const eager = await fit(onTfjs());
  const compiled = await fit(onTfjs({ device: on('cpu') }));
  compiled.curves.loss.forEach((loss, k) => expect(loss).toBeCloseTo(eager.curves.loss[k]!, 5));
  compiled.params.forEach((values, i) =>
    values.forEach((value, j) => expect(value).toBeCloseTo(eager.params[i]![j]!, 4)),
  );
});
