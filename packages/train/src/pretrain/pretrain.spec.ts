/** Pretraining on a toy language, eager on TensorFlow.js and compiled by ONNX Runtime. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { disposeFrozen, key, tf, uniform, type DeviceName } from '@lomap/compile';
import { modelOf, plainContext, registerArchitecture, withHead, type Encoding } from '@lomap/models';
import type { ParamSpec } from '@lomap/peft';
import { maskedLm, maskedLmScore } from '../objectives/masked-lm.ts';
import { predict } from '../predict.ts';
import { examplesOfSteps } from '../training-examples.ts';
import { maskForEvaluation, type MaskingVocabulary } from './masking.ts';
import { maskedTexts, pretrain, type PretrainOptions, type PretrainResult } from './pretrain.ts';

let cacheDirectory: string;
beforeAll(async () => {
  cacheDirectory = await mkdtemp(join(tmpdir(), 'lomap-pretrain-'));
});
afterAll(async () => {
  disposeFrozen();
  await rm(cacheDirectory, { recursive: true, force: true });
});

const config = {
  model_type: 'bert',
  vocab_size: 13,
  hidden_size: 8,
  num_hidden_layers: 1,
  num_attention_heads: 2,
  intermediate_size: 16,
  max_position_embeddings: 8,
  initializer_range: 0.1,
};
const vocabulary: MaskingVocabulary = { vocabularySize: 13, maskId: 4, specialIds: new Set([0, 1, 2, 3, 4]) };

/** A token from 5 to 12, two to four times: any of them tells the others. */
const texts = (seed: number, count: number): Encoding[] =>
  Array.from({ length: count }, (_, i) => {
    const [token, length] = uniform(key(seed, i), 2);
    const repeated = new Array<number>(2 + Math.floor(3 * length!)).fill(5 + Math.floor(8 * token!));
    const inputIds = [2, ...repeated, 3];
    return { inputIds, tokenTypeIds: inputIds.map((_, position) => Number(position > 3)) };
  });

const options = (device: DeviceName, changes: Partial<PretrainOptions> = {}): PretrainOptions => ({
  config: { ...config, hidden_dropout_prob: 0, attention_probs_dropout_prob: 0 },
  vocabulary,
  train: texts(1, 18),
  heldOut: texts(2, 12),
  settings: {
    batchSize: 4,
    steps: 7,
    learningRate: 0.02,
    warmupRatio: 0.2,
    weightDecay: 0.01,
    betas: [0.9, 0.999],
    adamEpsilon: 1e-8,
    maxGradNorm: 1,
    maskRate: 0.15,
    alteredTextWeight: 0.5,
    evaluateEverySteps: 3,
  },
  seed: 1,
  device: { device, threads: 1, optimizationLevel: 'all', prepacking: true },
  cacheDirectory,
  resumeDirectory: null,
  saveEverySteps: 100,
  ...changes,
});
const withoutTimes = ({ seconds: _, ...rest }: PretrainResult): object => rest;

describe('pretrain', () => {
  test('learns a language, with dropout', async () => {
    const { settings } = options('cpu');
    const result = await pretrain(
      options('cpu', {
        config,
        train: texts(1, 400),
        settings: { ...settings, steps: 250, batchSize: 16, evaluateEverySteps: 100 },
      }),
    );
    expect(result).toMatchObject({ status: 'complete', steps: 250 });
    expect(result.evaluations.map(({ step }) => step)).toEqual([100, 200, 250]);
    expect(Math.abs(result.curves.loss[0]! - Math.log(13) - 0.5 * Math.log(2))).toBeLessThan(0.5);
    // A kept or replaced token does not say which it is; the others say what it was.
    expect(result.evaluations[2]!.loss).toBeLessThan(0.9);
    expect(result.evaluations[2]!.accuracy).toBeGreaterThan(0.7);
  });

  test('interrupted and started again, ends with the same bits, dropout included', async () => {
    const reference = withoutTimes(await pretrain(options('cpu', { config })));
    const resumeDirectory = join(cacheDirectory, 'run');
    const abort = new AbortController();
    const stopped = await pretrain(
      options('cpu', {
        config,
        resumeDirectory,
        signal: abort.signal,
        onStep: ({ step }) => step === 5 && abort.abort(),
      }),
    );
    expect(stopped).toMatchObject({ status: 'interrupted', steps: 5 });
    const notes: string[] = [];
    const resumed = await pretrain(options('cpu', { config, resumeDirectory, onNote: (note) => notes.push(note) }));
    expect(withoutTimes(resumed)).toEqual(reference);
    expect(notes).toEqual(['Resumed at step 5 of 7.']);
    const other = await pretrain(
      options('cpu', { config, resumeDirectory, seed: 2, onNote: (note) => notes.push(note) }),
    );
    expect(notes[1]).toContain('is of another run');
    expect(withoutTimes(other)).not.toEqual(reference);
  });

  test('compiled and eager agree', async () => {
    const [eager, compiled] = [await pretrain(options('tfjs-cpu')), await pretrain(options('cpu'))];
    compiled.curves.loss.forEach((loss, k) => expect(loss).toBeCloseTo(eager.curves.loss[k]!, 5));
    for (const [name, { shape, data }] of compiled.tensors) {
      const other = eager.tensors.get(name)!;
      expect(other.shape).toEqual(shape);
      // Keys' biases have no gradient but rounding, which Adam makes as large as any other.
      data.forEach((value, i) => expect(value).toBeCloseTo(other.data[i]!, 3));
    }
    expect(compiled.evaluations).toHaveLength(3);
    compiled.evaluations.forEach(({ step, loss, accuracy, tokens }, i) => {
      expect(loss).toBeCloseTo(eager.evaluations[i]!.loss, 5);
      expect({ step, accuracy, tokens }).toEqual({ ...eager.evaluations[i], loss: undefined });
    });
  });

  test('masks differ from pass to pass, and the texts come in another order', () => {
    const given = options('cpu');
    const steps = () => examplesOfSteps(maskedTexts(given, 8), given.seed, given.settings.batchSize);
    const batches = steps();
    expect(batches(3)).toEqual(steps()(3));
    // 18 texts in batches of 4: the fifth has two, the sixth begins a new pass.
    expect([batches(4).length, batches(5).length]).toEqual([2, 4]);
    expect(batches(5)).not.toEqual(batches(0));
  });

  test('an architecture without masked-language modelling is refused', async () => {
    registerArchitecture({
      type: 'mute',
      parse: () => ({ ...modelOf(config, 'config.json'), title: 'Mute', maskedLm: null }),
    });
    await expect(pretrain(options('cpu', { config: { ...config, model_type: 'mute' } }))).rejects.toThrow(
      'A Mute cannot be pretrained by masked-language modelling.',
    );
  });

  test('without texts there is nothing to do', async () => {
    await expect(pretrain(options('cpu', { heldOut: [] }))).rejects.toThrow('no texts');
  });
});

describe('the loss of hidden tokens', () => {
  const examples = maskForEvaluation(texts(3, 70), vocabulary);

  test('is that of the encoder in its context under a given head, the same compiled and eager', async () => {
    const { tensors, evaluations } = await pretrain(options('cpu', { settings: { ...options('cpu').settings } }));
    const head = new Map([...tensors].filter(([name]) => name.startsWith('cls.')));
    head.set('cls.predictions.decoder.weight', tensors.get('bert.embeddings.word_embeddings.weight')!);
    const leaf = (name: string): tf.Tensor => tf.tensor(tensors.get(name)!.data, [...tensors.get(name)!.shape]);
    const name = 'bert.encoder.layer.0.output.dense.weight';
    const spec: ParamSpec = {
      name,
      shape: tensors.get(name)!.shape,
      group: 'adapter',
      decay: true,
      learningRateMultiplier: 1,
      init: () => tensors.get(name)!.data,
    };
    const { logits } = modelOf(config, 'config.json').maskedLm!;
    const objective = maskedLm({ logits: (own, batch) => logits(withHead(own, head), batch) });
    const score = async (device: DeviceName, values: Float32Array | null, given = examples) =>
      maskedLmScore(
        await predict({
          objective,
          checkpoint: { context: (dropout) => plainContext(leaf, dropout) },
          adaptation: {
            specs: values ? [spec] : [],
            context: ([own], base) => plainContext((path) => (path === name && own ? own : base.param(path))),
          },
          ...{ device: options(device).device, cacheDirectory },
          params: values ? [values] : [],
          examples: given,
        }),
      );
    const heldOut = await score('cpu', null, maskForEvaluation(options('cpu').heldOut, vocabulary));
    expect(heldOut.loss).toBeCloseTo(evaluations.at(-1)!.loss, 5);
    const plain = await score('cpu', null);
    const eager = await score('tfjs-cpu', null);
    expect(plain.loss).toBeCloseTo(eager.loss, 5);
    expect({ ...plain, loss: 0 }).toEqual({ ...eager, loss: 0 });
    expect(plain.tokens).toBe(70);
    expect((await score('cpu', tensors.get(name)!.data)).loss).toBeCloseTo(plain.loss, 6);
    expect(
      (
        await score(
          'cpu',
          tensors.get(name)!.data.map((w, i) => w + Math.sin(i)),
        )
      ).loss,
    ).not.toBeCloseTo(plain.loss, 3);
  });
});
