/** An architecture that no package knows: registered, opened, adapted and trained like any other. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { disposeFrozen, fold, headLayout, key, normal, rowsToHeads, sizeOf, tf, type DeviceName } from '@lomap/compile';
import {
  architectureTypes,
  modelOf,
  openCheckpoint,
  readMaskedLmHead,
  registerArchitecture,
  writeSafetensors,
  type Architecture,
  type Checkpoint,
  type EncodedExample,
} from '@lomap/models';
import { adapt, methodDefaults, withModuleNames } from '@lomap/peft';
import { classification, fit, predict, type TrainingSettings } from '@lomap/train';

const folder = mkdtempSync(join(tmpdir(), 'lomap-architecture-'));
const cacheDirectory = join(folder, 'cache');
afterAll(() => {
  disposeFrozen();
  rmSync(folder, { recursive: true, force: true });
});

/** A bag of embeddings: the sum over an example's tokens of tanh(mix(e)), and a classifier without bias. */
const bag: Architecture = {
  type: 'toy-bag',
  parse({ vocab_size: vocabulary, hidden_size: hidden }, path) {
    if (typeof vocabulary !== 'number' || typeof hidden !== 'number') throw new Error(`${path}: sizes are missing.`);
    const [limited, unlimited] = [{ vocabularySize: vocabulary }, { tokenTypes: Infinity, maxPositions: Infinity }];
    return {
      title: 'bag of embeddings',
      shapes: (numLabels) =>
        new Map([
          ['words.weight', [vocabulary, hidden]],
          ['mix.weight', [hidden, hidden]],
          ['mix.bias', [hidden]],
          ['score.weight', [numLabels, hidden]],
        ]),
      linears: (numLabels) => [
        { path: 'mix', out: hidden, in: hidden, bias: true },
        { path: 'score', out: numLabels, in: hidden, bias: false },
      ],
      head: ['score'],
      classifier: 'score',
      roles: { linear: ['mix'] },
      spellings: (name) => [name, `old.${name}`],
      initializerRange: 0.02,
      isScale: () => false,
      limits: { ...limited, ...unlimited },
      attention: null,
      classify(context, batch) {
        const words = tf.gather(context.param('words.weight') as tf.Tensor2D, batch.inputIds as tf.Tensor1D);
        const mixed = tf.tanh(context.linear('mix', words));
        const points = headLayout(batch.toPadded as tf.Tensor1D, batch.toPacked as tf.Tensor1D, 1);
        const examples = batch.firstRow.shape[0]!;
        const padded = tf.reshape(rowsToHeads(mixed, points), [examples, -1, hidden]);
        const real = tf.reshape(tf.exp(batch.mask), [examples, -1, 1]);
        return context.linear('score', tf.sum(tf.mul(padded, real), 1));
      },
      maskedLm: null,
    };
  },
};

const config = { model_type: 'toy-bag', vocab_size: 9, hidden_size: 6 };
const examples = [[1, 2], [3, 4, 5], [6], [7, 8, 1, 2]].map((inputIds, i): EncodedExample => {
  return { inputIds, tokenTypeIds: inputIds.map(() => 0), label: i % 2 };
});
const settings: TrainingSettings = {
  ...{ batchSize: 4, epochs: 1, maxSteps: 2, maxLength: 16, learningRate: 0.05, headLearningRate: null },
  ...{
    schedule: 'constant',
    warmupRatio: 0,
    warmupSteps: null,
    weightDecay: 0,
    betas: [0.9, 0.999],
    adamEpsilon: 1e-8,
  },
  ...{ maxGradNorm: 1, clipping: 'group', dropout: null, maxTrainSamples: null },
};

/** Writes the folder: mix under a name of old files, and no classifier. */
async function write(): Promise<string> {
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
  const shapes = [...modelOf(config, 'config.json').shapes(2)].filter(([name]) => name !== 'score.weight');
  const tensors = shapes.map(([name, shape]) => {
    const spelt = name.startsWith('mix') ? `old.${name}` : name;
    return [spelt, { shape, data: normal(fold(key(1), name), sizeOf(shape), 0, 0.5) }] as const;
  });
  await writeSafetensors(join(folder, 'model.safetensors'), new Map(tensors));
  return folder;
}

const types = (): string =>
  architectureTypes()
    .map((type) => JSON.stringify(type))
    .join(', ');

const open = (directory: string): Promise<Checkpoint> =>
  openCheckpoint(directory, { numLabels: 2, cacheDirectory, headKey: key(0, 'head') });

/** LoRA's default modules, two steps. */
async function train(checkpoint: Checkpoint, device: DeviceName) {
  const adaptation = adapt(checkpoint, { ...methodDefaults('lora'), rank: 2 });
  const model = {
    objective: classification(checkpoint.classify, 2),
    ...{ checkpoint, adaptation, cacheDirectory },
    device: { device, threads: 1, optimizationLevel: 'all', prepacking: true },
  } as const;
  const fitted = await fit({
    ...model,
    ...{ train: examples, selection: [], score: () => ({}), primaryMetric: 'accuracy' },
    ...{ selectEpoch: 'last', settings, seed: 1, resumeDirectory: null, saveEverySteps: 1 },
  });
  return { adaptation, fitted, logits: await predict({ ...model, params: fitted.params, examples }) };
}

test('is refused before it is registered, with the types that there are', () => {
  expect(() => modelOf(config, 'config.json')).toThrow(
    `config.json has model_type "toy-bag", which is not supported yet; ${types()} are.`,
  );
});

test('opens, is adapted by default on the modules it names, and trains', async () => {
  registerArchitecture(bag);
  const checkpoint = await open(await write());
  expect(checkpoint.type).toBe('toy-bag');
  expect(checkpoint.notes).toEqual([expect.stringContaining('score starts fresh')]);
  expect(withModuleNames(methodDefaults('lora'), checkpoint.roles).targetModules).toEqual(['mix']);

  const [compiled, eager] = [await train(checkpoint, 'cpu'), await train(checkpoint, 'tfjs-cpu')];
  expect(compiled.adaptation.specs.map(({ name }) => name)).toEqual(['mix.lora_A', 'mix.lora_B', 'score.weight']);
  const [first, second] = compiled.fitted.curves.loss;
  expect(second).toBeLessThan(first!);
  compiled.fitted.curves.loss.forEach((loss, k) => expect(loss).toBeCloseTo(eager.fitted.curves.loss[k]!, 5));
  compiled.logits.flat().forEach((logit, i) => expect(logit).toBeCloseTo(eager.logits.flat()[i]!, 5));

  // Merged weights in the place of the file's give the same logits.
  const merged = compiled.adaptation.merge(compiled.fitted.params);
  const rows = examples.map(({ inputIds }) => {
    const read = (name: string) => merged.get(name) ?? checkpoint.read(name);
    const row = (values: Float32Array, at: number): number[] => [...values.subarray(6 * at, 6 * at + 6)];
    const bagged = new Array<number>(6).fill(0);
    for (const id of inputIds) {
      const word = row(read('words.weight'), id);
      bagged.forEach((_, j) => {
        const mixed = row(read('mix.weight'), j).reduce((sum, w, i) => sum + w * word[i]!, read('mix.bias')[j]!);
        bagged[j]! += Math.tanh(mixed);
      });
    }
    return [0, 1].map((label) => row(read('score.weight'), label).reduce((sum, w, i) => sum + w * bagged[i]!, 0));
  });
  rows.flat().forEach((logit, i) => expect(compiled.logits.flat()[i]!).toBeCloseTo(logit, 4));
});

test('what it does not offer is refused', async () => {
  const directory = await write();
  expect((await open(directory)).maskedLm).toBeNull();
  expect(() => readMaskedLmHead(directory)).toThrow('bag of embeddings, which has no masked-language modelling');
});

test('another architecture of the same type is refused; the same one again is not', () => {
  expect(() => registerArchitecture({ ...bag })).toThrow('There is an architecture "toy-bag" already');
  registerArchitecture(bag);
  expect(() => modelOf({ model_type: 'gpt' }, 'config.json')).toThrow(`not supported yet; ${types()} are.`);
  expect(types()).toContain('"bert", "deberta-v2", "llama"');
  expect(types()).toMatch(/, "toy-bag"$/);
});

test('a role that the model has not', async () => {
  const checkpoint = await open(await write());
  expect(() => adapt(checkpoint, methodDefaults('ia3'))).toThrow(
    'targetModules: the model has no modules of the role @key. It has @linear; or name modules by their paths.',
  );
});
