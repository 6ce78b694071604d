/** A real pretrained decoder of 260 thousand parameters learns continuations through the objective of causal language modelling. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { disposeFrozen, key } from '@lomap/compile';
import { openCheckpoint, predictedFrom, writeSafetensors, type Checkpoint } from '@lomap/models';
import { adapt, methodDefaults } from '@lomap/peft';
import { causalLm, fit, initialParams, predict, type LikelihoodReading, type TrainingSettings } from '@lomap/train';
import { inCi, needs } from '../needs/needs.ts';

const model = fileURLToPath(new URL('../../../shared/models/stories260K/', import.meta.url));
const missing = existsSync(join(model, 'model.safetensors')) ? null : 'no ../shared/models/stories260K';
const folder = mkdtempSync(join(tmpdir(), 'lomap-stories-'));
afterAll(() => {
  disposeFrozen();
  rmSync(folder, { recursive: true, force: true });
});

/** What HF transformers computes of a text, and how it goes on. */
interface Expected {
  readonly input_ids: number[];
  readonly mean_nll: number;
  readonly greedy_30: number[];
}

const settings: TrainingSettings = {
  ...{ batchSize: 3, epochs: 12, maxSteps: null, maxLength: 64, learningRate: 0.01, headLearningRate: null },
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
const lossOf = (readings: readonly LikelihoodReading[]): number =>
  -readings.reduce((sum, { logLikelihood }) => sum + logLikelihood, 0) /
  readings.reduce((sum, { tokens }) => sum + tokens, 0);

needs(missing, inCi).describe('stories260K', () => {
  let checkpoint: Checkpoint;
  let expected: readonly Expected[];
  const open = (directory: string): Promise<Checkpoint> =>
    openCheckpoint(directory, { numLabels: 0, cacheDirectory: join(folder, 'cache'), headKey: key(0) });
  const of = (checkpoint: Checkpoint) => ({
    ...{ checkpoint, cacheDirectory: join(folder, 'cache'), objective: causalLm(checkpoint.nextToken!) },
    device: { device: 'cpu', threads: 1, optimizationLevel: 'all', prepacking: true } as const,
  });
  const untrained = { specs: [], context: (_: unknown, base: ReturnType<Checkpoint['context']>) => base };

  beforeAll(async () => {
    checkpoint = await open(model);
    expected = JSON.parse(readFileSync(join(model, 'expected.json'), 'utf8')) as Expected[];
  });

  test('readings are the likelihoods that transformers computes, and say what greedy decoding would', async () => {
    const texts = expected.map(({ input_ids }) => predictedFrom(input_ids, 1));
    const continued = expected.map(({ input_ids, greedy_30 }) => predictedFrom(greedy_30, input_ids.length));
    const readings = await predict({ ...of(checkpoint), adaptation: untrained, params: [], examples: texts });
    readings.forEach((reading, i) => expect(lossOf([reading])).toBeCloseTo(expected[i]!.mean_nll, 4));
    const greedy = await predict({ ...of(checkpoint), adaptation: untrained, params: [], examples: continued });
    expect(greedy.map(({ mostLikely }) => mostLikely)).toEqual(continued.map(({ targets }) => targets.length));
  });

  test.each(['lora', 'lomap'])('%s learns the answers of prompts, whole or in parts, and merges', async (method) => {
    // The second half of each text, shuffled by turns so that the model has yet to learn it.
    const examples = expected.map(({ greedy_30: ids }, i) => {
      const prompt = ids.slice(0, 8 + i);
      return predictedFrom([...prompt, ...ids.slice(8 + i, 14 + 2 * i).reverse()], prompt.length);
    });
    const adaptation = adapt(checkpoint, { ...methodDefaults(method), rank: 4 });
    const options = {
      ...of(checkpoint),
      ...{
        adaptation,
        train: examples,
        selection: examples,
        score: (read: LikelihoodReading[]) => ({ loss: lossOf(read) }),
      },
      ...{ primaryMetric: 'loss', settings, seed: 1 },
      ...({ better: 'smaller', selectEpoch: 'best' } as const),
      ...{ resumeDirectory: null, saveEverySteps: 100 },
    } as const;
    const start = await predict({ ...options, params: initialParams(adaptation.specs, 1), examples });
    const result = await fit(options);
    expect(result.curves.loss[0]).toBeCloseTo(lossOf(start), 4);
    expect(result.selectionScore).toBeLessThan(0.6 * lossOf(start));
    const parts = await fit({ ...options, settings: { ...settings, maxSteps: 2, gradientAccumulationSteps: 3 } });
    parts.curves.loss.forEach((loss, k) => expect(loss).toBeCloseTo(result.curves.loss[k]!, 3));

    const merged = adaptation.merge(result.params);
    const directory = join(folder, method);
    mkdirSync(directory);
    const tensors = checkpoint.tensors.map((name) => {
      return [name, { shape: checkpoint.shape(name), data: merged.get(name) ?? checkpoint.read(name) }] as const;
    });
    await writeSafetensors(join(directory, 'model.safetensors'), new Map(tensors));
    writeFileSync(join(directory, 'config.json'), readFileSync(join(model, 'config.json')));
    const [adapted, after] = [
      await predict({ ...options, params: result.params, examples }),
      await predict({ ...of(await open(directory)), adaptation: untrained, params: [], examples }),
    ];
    adapted.forEach(({ logLikelihood }, i) => expect(after[i]!.logLikelihood).toBeCloseTo(logLikelihood, 3));
  });
});
