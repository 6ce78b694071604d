/** A model of two adapted linear maps and a head on the first token alone, small enough to train in a test. For specs only. */
import { key, normal, sizeOf, takeRows, tf, type DeviceName } from '@lomap/compile';
import type { EncodedExample } from '@lomap/models';
import type { Adaptation, BaseModel } from '@lomap/peft';
import type { FitOptions } from '../fit.ts';
import { classification, type Classify } from '../objectives/sequence.ts';

const VOCABULARY = 6;
const shapes = new Map([
  ['embed.weight', [4, VOCABULARY]],
  ['mix.weight', [5, 4]],
  ['classifier.weight', [2, 5]],
]);
const linears = [...shapes].map(([name, [out, columns]]) => ({
  ...{ path: name.replace('.weight', ''), out: out!, in: columns!, bias: false },
}));
export const model: BaseModel = {
  linears,
  head: ['classifier'],
  tensors: [...shapes.keys()],
  shape: (name) => shapes.get(name)!,
  read: (name) => normal(key(7, name), sizeOf(shapes.get(name)!), 0, 0.5),
  fresh: (name) => model.read(name),
  frozen: (name) => tf.tensor(model.read(name), [...shapes.get(name)!]),
};
const checkpoint: FitOptions['checkpoint'] = {
  context: (dropout) => ({
    param: (path) => model.frozen(path),
    linear: (path, x) => tf.matMul(x, model.frozen(`${path}.weight`) as tf.Tensor2D, false, true),
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

export type FirstTokenOptions = Omit<FitOptions, 'adaptation' | 'device'> & {
  readonly adaptation: Adaptation;
  readonly device: FitOptions['device'];
};

/** A run of 16 steps. */
export function firstTokenOptions({
  device,
  ...changes
}: { device: DeviceName; cacheDirectory: string; adaptation: Adaptation } & Partial<
  Omit<FirstTokenOptions, 'device'>
>): FirstTokenOptions {
  return {
    objective: classification(forward, 2),
    checkpoint,
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
    resumeDirectory: null,
    saveEverySteps: 100,
    ...changes,
  };
}
