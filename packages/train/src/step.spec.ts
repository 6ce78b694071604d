/** The step against PyTorch 2.15: torch.optim.AdamW, clip_grad_norm_ and cross_entropy, float32. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { tf } from '@lomap/compile';
import type { ParamSpec } from '@lomap/peft';
import { clip, type ClippingSettings } from './clipping.ts';
import { flatLayout, packParams } from './flat-layout.ts';
import { crossEntropy, meanSquaredError, tokenCrossEntropy, tokenScores, weightedMean } from './objectives/losses.ts';
import { regression, sequenceObjective } from './objectives/sequence.ts';
import { adamw } from './optimizers/adamw.ts';
import type { Optimizer, OptimizerState } from './optimizers/optimizer.ts';
import { trainStep } from './step.ts';

const init = (): Float32Array => new Float32Array();
/** w [2, 2] decays by .1 at rate .01; b [2] does not decay, at rate .05. */
const two: ParamSpec[] = [
  { name: 'w', shape: [2, 2], group: 'adapter', decay: true, learningRateMultiplier: 1, init },
  { name: 'b', shape: [2], group: 'head', decay: false, learningRateMultiplier: 5, init },
];
const start = Float32Array.of(0.5, -1, 2, 0.25, 0.1, -0.2);
const gradients = [
  [3, -1, 0.5, 0, 2, -0.25],
  [0.1, 0.2, -0.3, 1e-6, 0, 0.05],
  [-4, 1, 1, 2, 1, 1],
];

/** w and b after each of the three gradients, and the norms that clip_grad_norm_ returned. */
const torch: { clipping: ClippingSettings; params: number[][]; norms: number[][] }[] = [
  {
    clipping: { maxNorm: null, by: 'group' },
    params: [
      [0.4895, -0.989, 1.988, 0.24975, 0.05, -0.15],
      [0.48206562, -0.9829008, 1.98409712, 0.24216263, 0.01649709, -0.1244487],
      [0.48347476, -0.98357362, 1.97584808, 0.23553233, -0.02095775, -0.15052617],
    ],
    norms: [
      [3.20156217, 2.01556444],
      [0.37416577, 0.05],
      [4.69041586, 1.41421354],
    ],
  },
  {
    clipping: { maxNorm: 1, by: 'joint' },
    params: [
      [0.4895, -0.989, 1.988, 0.24975, 0.05, -0.15],
      [0.48143116, -0.98716009, 1.9901222, 0.24216263, 0.01649709, -0.14574499],
      [0.48142061, -0.98896462, 1.98745072, 0.23553233, -0.01917431, -0.17410704],
    ],
    norms: [[3.78318644], [0.37749177], [4.89897966]],
  },
  {
    clipping: { maxNorm: 1, by: 'group' },
    params: [
      [0.4895, -0.989, 1.988, 0.24975, 0.05, -0.15],
      [0.48155776, -0.98638308, 1.98952055, 0.24216263, 0.01649709, -0.13284579],
      [0.48109531, -0.98749155, 1.98641694, 0.23553233, -0.02313501, -0.16176912],
    ],
    norms: [
      [3.20156217, 2.01556444],
      [0.37416577, 0.05],
      [4.69041586, 1.41421354],
    ],
  },
];

function expectClose(actual: ArrayLike<number>, expected: readonly number[], tolerance = 2e-6): void {
  expect(actual.length).toBe(expected.length);
  expected.forEach((value, i) => {
    if (!(Math.abs(actual[i]! - value) <= tolerance * Math.max(1, Math.abs(value)))) {
      throw new Error(`Element ${i} is ${actual[i]}, expected ${value}.`);
    }
  });
}

/** The optimizer's numbers of step k as tensors. */
function hyperOf(optimizer: Optimizer, k: number, learningRate: number): Record<string, tf.Tensor1D> {
  const numbers = Object.entries(optimizer.hyper({ k, learningRate }));
  return Object.fromEntries(numbers.map(([name, value]) => [name, tf.tensor1d([value])]));
}

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('clipping and AdamW', () => {
  test.each(torch)('agree with PyTorch, clipping $clipping', ({ clipping, params, norms }) => {
    const where = flatLayout(two);
    tf.tidy(() => {
      let state: OptimizerState<tf.Tensor1D> = { params: tf.tensor1d(start), m: tf.zeros([6]), v: tf.zeros([6]) };
      gradients.forEach((gradient, k) => {
        const clipped = clip(tf.tensor1d(gradient), where, clipping);
        const measured = clipped.norm.dataSync();
        expectClose(norms[k]!.length === 1 ? [Math.hypot(...measured)] : measured, norms[k]!);
        const max = clipping.maxNorm ?? Infinity;
        const bounds = norms[k]!.length === 1 ? [norms[k]![0]!, norms[k]![0]!] : norms[k]!;
        expectClose(
          clipped.factor.dataSync(),
          bounds.map((norm) => Math.min(1, max / norm)),
        );
        const optimizer = adamw({ betas: [0.9, 0.999], epsilon: 1e-8, weightDecay: 0.1 });
        state = optimizer.update(state, clipped.gradient, hyperOf(optimizer, k, 0.01), where);
        expectClose(state.params.dataSync(), params[k]!);
      });
    });
  });

  test('a gradient of zeros is left at zero', () => {
    tf.tidy(() => {
      const clipped = clip(tf.zeros([6]), flatLayout(two), { maxNorm: 1, by: 'group' });
      expect([...clipped.gradient.dataSync(), ...clipped.norm.dataSync()]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
      expect([...clipped.factor.dataSync()]).toEqual([1, 1]);
    });
  });
});

const x = [1, 2, -1, 0.5, 3, -2];

describe('the losses', () => {
  // Per-example cross-entropy by PyTorch: .8684576, 1.6797135, .168357.
  const logits = (): tf.Tensor2D => tf.tensor2d([-1.4, 2.3, 2, -0.9, -2.075, 0.5, 3.6, 5.3, -2], [3, 3]);

  test('cross-entropy is the mean over weights, fillers excluded', () => {
    tf.tidy(() => {
      const loss = (weights: number[]): tf.Scalar =>
        crossEntropy(logits(), tf.tensor1d([2, 0, 1]), tf.tensor1d(weights));
      expectClose(loss([1, 1, 1]).dataSync(), [(0.86845756 + 1.67971349 + 0.16835703) / 3]);
      expectClose(loss([1, 1, 0]).dataSync(), [1.27408552]);
      expectClose(loss([0, 0, 1]).dataSync(), [0.16835703]);
    });
  });

  test('a filler gets no gradient', () => {
    tf.tidy(() => {
      const gradient = tf.grad((z: tf.Tensor) =>
        crossEntropy(z as tf.Tensor2D, tf.tensor1d([2, 0, 1]), tf.tensor1d([1, 1, 0])),
      )(logits());
      const values = [...gradient.dataSync()];
      expect(values.slice(6).map(Math.abs)).toEqual([0, 0, 0]);
      // softmax - one-hot, over the weight 2: the sum over classes is 0.
      expectClose([values[0]! + values[1]! + values[2]!], [0]);
      expect(values[2]).toBeLessThan(-0.1);
    });
  });

  test('mean squared error is the mean over weights', () => {
    tf.tidy(() => {
      const loss = meanSquaredError(tf.tensor2d([1, 2, 9], [3, 1]), tf.tensor1d([0, 4, 0]), tf.tensor1d([1, 1, 0]));
      expect(loss.dataSync()[0]).toBe(2.5);
    });
  });

  test('that of tokens has the values and the gradient of the cross-entropy, and the scores its values', () => {
    tf.tidy(() => {
      const [ids, weights] = [tf.tensor1d([2, 0, 1]), tf.tensor1d([1, 0.5, 3])];
      const mean = (z: tf.Tensor): tf.Scalar => weightedMean(tokenCrossEntropy(z as tf.Tensor2D, ids), weights);
      const reference = (z: tf.Tensor): tf.Scalar => crossEntropy(z as tf.Tensor2D, ids, weights);
      // Large logits: nothing overflows.
      for (const z of [logits(), tf.mul(logits(), 100)]) {
        const [actual, expected] = [tf.valueAndGrad(mean)(z), tf.valueAndGrad(reference)(z)];
        expectClose(actual.value.dataSync(), [...expected.value.dataSync()]);
        expectClose(actual.grad.dataSync(), [...expected.grad.dataSync()]);
        const { losses } = tokenScores(z as tf.Tensor2D, ids);
        expectClose(losses.dataSync(), [...tokenCrossEntropy(z as tf.Tensor2D, ids).dataSync()], 1e-5);
      }
      const { correct } = tokenScores(tf.tensor2d([1, 2, 3, 4, 0, 4], [2, 3]), tf.tensor1d([1, 2]));
      expect([...correct.dataSync()]).toEqual([0, 1]);
    });
  });

  test('a regression head has one output', () => {
    expect(() => sequenceObjective('regression', logits, 3)).toThrow('A regression head has one output, not 3');
    expect(regression(logits).key).toBe('regression');
  });
});

describe('trainStep', () => {
  test('follows PyTorch over five steps of a linear classifier', () => {
    // cross_entropy(x Wᵀ + b), clip_grad_norm_(.5), AdamW(lr .1, weight decay .01 on W): loss and norm of each step.
    const expected = [
      [0.90550929, 0.90486765],
      [0.69518709, 0.74832225],
      [0.52387244, 0.59483403],
      [0.38855127, 0.4672927],
      [0.28431734, 0.36249748],
    ];
    const weights = [-0.00079738, -0.49989986, 1.87280917, -0.23979327, 0.49812549, 1.47246861];
    const bias = [0.60129517, -0.69324929, -0.49214959];
    const specs: ParamSpec[] = [
      { name: 'bias', shape: [3], group: 'head', decay: false, learningRateMultiplier: 1, init },
      { name: 'weight', shape: [3, 2], group: 'head', decay: true, learningRateMultiplier: 1, init },
    ];
    const where = flatLayout(specs);
    const optimizer = adamw({ betas: [0.9, 0.999], epsilon: 1e-8, weightDecay: 0.01 });
    const step = trainStep<tf.Tensor2D>({
      layout: where,
      loss: ([b, w], batch) =>
        crossEntropy(tf.add(tf.matMul(batch, w as tf.Tensor2D, false, true), b!), tf.tensor1d([2, 0, 1]), tf.ones([3])),
      optimizer,
      clipping: { maxNorm: 0.5, by: 'joint' },
    });
    tf.tidy(() => {
      const flat = packParams(where, [Float32Array.of(0.1, -0.2, 0), Float32Array.of(0.5, -1, 2, 0.25, 0, 1)]);
      let state: OptimizerState<tf.Tensor1D> = { params: tf.tensor1d(flat), m: tf.zeros([9]), v: tf.zeros([9]) };
      expected.forEach(([loss, norm], k) => {
        const result = step(state, tf.tensor2d(x, [3, 2]), {
          ...hyperOf(optimizer, k, 0.1),
          dropoutOffsets: tf.zeros([1], 'int32'),
        });
        expectClose(result.metrics.loss.dataSync(), [loss!]);
        expectClose(result.metrics.gradientNorm.dataSync(), [norm!]);
        expectClose(result.metrics.clippingFactor.dataSync(), [Math.min(1, 0.5 / norm!)], 5e-6);
        state = result.state;
      });
      // Weight first in the vector: decaying segments come before the others.
      expectClose(state.params.dataSync(), [...weights, ...bias]);
    });
  });

  test('leaves no tensor behind but its results', () => {
    const where = flatLayout(two);
    const step = trainStep<null>({
      layout: where,
      loss: ([w, b]) => tf.add(tf.sum(tf.square(w!)), tf.sum(tf.square(b!))),
      optimizer: adamw({ betas: [0.9, 0.999], epsilon: 1e-8, weightDecay: 0 }),
      clipping: { maxNorm: 1, by: 'group' },
    });
    tf.engine().startScope();
    const one = tf.tensor1d([1]);
    const state = { params: tf.tensor1d(start), m: tf.zeros<tf.Rank.R1>([6]), v: tf.zeros<tf.Rank.R1>([6]) };
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      step(state, null, { learningRate: one, correction1: one, correction2: one, dropoutOffsets: one });
    });
    expect(tf.memory().numTensors).toBe(before);
    tf.engine().endScope();
  });
});
