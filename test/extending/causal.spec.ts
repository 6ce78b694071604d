/** A language model that no package knows, trained to predict chosen tokens like any other. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { disposeFrozen, fold, key, normal, sizeOf, takeRows, tf, type DeviceName } from '@lomap/compile';
import {
  modelOf,
  openCheckpoint,
  predictedFrom,
  registerArchitecture,
  writeSafetensors,
  type Architecture,
  type Checkpoint,
  type NextTokenExample,
} from '@lomap/models';
import { adapt, methodDefaults } from '@lomap/peft';
import { causalLm, fit, initialParams, predict, type TrainingSettings } from '@lomap/train';

const folder = mkdtempSync(join(tmpdir(), 'lomap-causal-'));
const cacheDirectory = join(folder, 'cache');
afterAll(() => {
  disposeFrozen();
  rmSync(folder, { recursive: true, force: true });
});

const [VOCABULARY, HIDDEN] = [7, 6];
/** Rows that the output head was given, each time it was traced or run. */
const headRows: (number | null)[] = [];

/** A bigram: the token after t is predicted by U tanh(mix(e_t)). */
const bigram: Architecture = {
  type: 'toy-bigram',
  parse() {
    const hidden = (context: Parameters<Checkpoint['classify']>[0], ids: tf.Tensor): tf.Tensor2D =>
      tf.tanh(context.linear('mix', tf.gather(context.param('words.weight') as tf.Tensor2D, ids as tf.Tensor1D)));
    const head: NonNullable<Checkpoint['nextToken']>['head'] = (context, rows) => {
      headRows.push(rows.shape[0]);
      return context.linear('unembed', rows);
    };
    const asked: NonNullable<Checkpoint['nextToken']>['hidden'] = (context, batch) =>
      takeRows(hidden(context, batch.inputIds), batch.askedRows as tf.Tensor1D, batch.rowToAsked as tf.Tensor1D);
    return {
      title: 'bigram',
      shapes: () =>
        new Map([
          ['words.weight', [VOCABULARY, HIDDEN]],
          ['mix.weight', [HIDDEN, HIDDEN]],
          ['unembed.weight', [VOCABULARY, HIDDEN]],
        ]),
      linears: () => [
        { path: 'mix', out: HIDDEN, in: HIDDEN, bias: false },
        { path: 'unembed', out: VOCABULARY, in: HIDDEN, bias: false },
      ],
      head: ['score'],
      classifier: 'score',
      roles: { linear: ['mix', 'unembed'] },
      spellings: (name) => [name],
      initializerRange: 0.02,
      isScale: () => false,
      limits: { vocabularySize: VOCABULARY, tokenTypes: Infinity, maxPositions: Infinity },
      attention: null,
      classify: () => {
        throw new Error('It classifies nothing.');
      },
      maskedLm: null,
      nextToken: {
        vocabularySize: VOCABULARY,
        hidden: asked,
        head,
        logits: (context, batch) => head(context, asked(context, batch)),
      },
    };
  },
};

const config = { model_type: 'toy-bigram' };
let checkpoint: Checkpoint;
beforeAll(async () => {
  registerArchitecture(bigram);
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
  const tensors = Array.from(modelOf(config, 'config.json').shapes(0), ([name, shape]) => {
    return [name, { shape, data: normal(fold(key(1), name), sizeOf(shape), 0, 0.7) }] as const;
  });
  await writeSafetensors(join(folder, 'model.safetensors'), new Map(tensors));
  checkpoint = await openCheckpoint(folder, { numLabels: 0, cacheDirectory, headKey: key(0) });
});

/** After a prompt, counting up: 0 1 2 3 …; one, two and four tokens are asked for. */
const examples: NextTokenExample[] = [
  predictedFrom([6, 6, 0, 1], 3),
  predictedFrom([5, 1, 2, 3], 2),
  predictedFrom([0, 1, 2, 3, 4], 1),
  { ...predictedFrom([3, 4, 5], 1), weights: [1, 0.5] },
];
const settings: TrainingSettings = {
  ...{ batchSize: 4, epochs: 60, maxSteps: null, maxLength: 8, learningRate: 0.02, headLearningRate: null },
  ...{
    schedule: 'constant',
    warmupRatio: 0,
    warmupSteps: null,
    weightDecay: 0,
    betas: [0.9, 0.999],
    adamEpsilon: 1e-8,
  },
  ...{ maxGradNorm: 1, clipping: 'group', dropout: 0, maxTrainSamples: null },
};
const run = (device: DeviceName, changes: Partial<TrainingSettings> = {}) => {
  const adaptation = adapt(checkpoint, { ...methodDefaults('lora'), rank: 3 });
  return {
    ...{ checkpoint, adaptation, cacheDirectory, objective: causalLm(checkpoint.nextToken!) },
    device: { device, threads: 1, optimizationLevel: 'all', prepacking: true },
    ...{ train: examples, selection: examples, primaryMetric: 'loss' },
    ...({ better: 'smaller', selectEpoch: 'best' } as const),
    score: (readings: readonly { logLikelihood: number; tokens: number }[]) => ({
      loss: -readings.reduce((sum, reading) => sum + reading.logLikelihood, 0),
    }),
    ...{ settings: { ...settings, ...changes }, seed: 1, resumeDirectory: null, saveEverySteps: 100 },
  } as const;
};

/** ln p of each asked token, in plain numbers, from these weights. */
function logProbabilities(weights: (name: string) => Float32Array, { inputIds, positions, targets }: NextTokenExample) {
  const times = (matrix: Float32Array, x: readonly number[]): number[] =>
    Array.from({ length: matrix.length / x.length }, (_, row) =>
      x.reduce((sum, value, i) => sum + value * matrix[row * x.length + i]!, 0),
    );
  return positions.map((position, i) => {
    const at = inputIds[position]! * HIDDEN;
    const embedded = [...weights('words.weight').subarray(at, at + HIDDEN)];
    const logits = times(weights('unembed.weight'), times(weights('mix.weight'), embedded).map(Math.tanh));
    return logits[targets[i]!]! - Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
  });
}

test('trains, and a reading is the likelihood of what was asked for', async () => {
  const options = run('cpu');
  const start = initialParams(options.adaptation.specs, 1);
  const before = await predict({ ...options, params: start, examples });
  examples.forEach((example, i) => {
    const expected = logProbabilities((name) => checkpoint.read(name), example);
    expect(before[i]!.logLikelihood).toBeCloseTo(
      expected.reduce((sum, value) => sum + value, 0),
      4,
    );
    expect(before[i]!.tokens).toBe(expected.length);
  });

  const result = await fit(options);
  // Of the first step: each token counts by its weight, whatever text it is of.
  const losses = examples.flatMap((example) => {
    const own = logProbabilities((name) => checkpoint.read(name), example);
    return own.map((value, i) => ({ value: -value, weight: example.weights?.[i] ?? 1 }));
  });
  const [total, weights] = losses.reduce(([a, b], { value, weight }) => [a + value * weight, b + weight], [0, 0]);
  expect(result.curves.loss[0]).toBeCloseTo(total / weights, 5);
  expect(result.curves.loss.at(-1)).toBeLessThan(0.2 * result.curves.loss[0]!);

  const merged = options.adaptation.merge(result.params);
  const after = await predict({ ...options, params: result.params, examples });
  examples.forEach((example, i) => {
    const expected = logProbabilities((name) => merged.get(name) ?? checkpoint.read(name), example);
    expect(after[i]!.logLikelihood).toBeCloseTo(
      expected.reduce((sum, value) => sum + value, 0),
      3,
    );
    expect(after[i]!.mostLikely).toBe(after[i]!.tokens);
  });
});

test('the same eagerly, and in parts that ask for unequal numbers of tokens', async () => {
  const [whole, eager, parts] = [
    await fit(run('cpu', { maxSteps: 3 })),
    await fit(run('tfjs-cpu', { maxSteps: 3 })),
    await fit(run('cpu', { maxSteps: 3, gradientAccumulationSteps: 4 })),
  ];
  whole.curves.loss.forEach((loss, k) => {
    expect(eager.curves.loss[k]).toBeCloseTo(loss, 5);
    expect(parts.curves.loss[k]).toBeCloseTo(loss, 5);
  });
  whole.params.forEach((values, i) => values.forEach((value, j) => expect(parts.params[i]![j]).toBeCloseTo(value, 4)));
});

test('the output head is given the asked rows alone', async () => {
  headRows.length = 0;
  await fit({ ...run('tfjs-cpu', { maxSteps: 1 }), selection: [] });
  // Of the 16 tokens: one, two, four and two.
  expect(new Set(headRows)).toEqual(new Set([9]));
});

test('an evaluation without anything that trains', async () => {
  const { adaptation, ...options } = run('cpu');
  const bare = { specs: [], context: (_: unknown, base: ReturnType<Checkpoint['context']>) => base };
  const readings = await predict({ ...options, adaptation: bare, params: [], examples });
  const adapted = await predict({ ...options, adaptation, params: initialParams(adaptation.specs, 1), examples });
  readings.forEach(({ logLikelihood }, i) => expect(logLikelihood).toBeCloseTo(adapted[i]!.logLikelihood, 5));
});
