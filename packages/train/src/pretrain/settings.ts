import type { TrainingSettings } from '../settings.ts';

/** How an encoder is pretrained. AdamW with linear warm-up and decay, gradients clipped by their joint norm. */
export interface PretrainSettings {
  /** Texts a step. */
  readonly batchSize: number;
  /** Optimizer steps. */
  readonly steps: number;
  /** Peak learning rate. */
  readonly learningRate: number;
  /** Share of the steps that warm up. */
  readonly warmupRatio: number;
  /** Decoupled weight decay of all tensors but biases and norms. */
  readonly weightDecay: number;
  readonly betas: readonly [number, number];
  readonly adamEpsilon: number;
  /** Largest norm a gradient keeps; null: no clipping. */
  readonly maxGradNorm: number | null;
  /** Share of a text's tokens that is predicted. */
  readonly maskRate: number;
  /** Weight of `alteredTextLoss`, which trains the pooler; 0: masked-language modelling alone, and no pooler. */
  readonly alteredTextWeight: number;
  /** Steps between evaluations on the held-out texts. */
  readonly evaluateEverySteps: number;
}

/** The same as settings of `fit`: one clipping group, whole batches, the model's own dropout. */
export function trainingSettings(
  { batchSize, steps, learningRate, warmupRatio, weightDecay, betas, adamEpsilon, maxGradNorm }: PretrainSettings,
  maxLength: number,
): TrainingSettings {
  return {
    ...{ batchSize, gradientAccumulationSteps: 1, epochs: 1, maxSteps: steps, maxLength, maxTrainSamples: null },
    ...{ learningRate, headLearningRate: null, schedule: 'linear', warmupRatio, warmupSteps: null },
    ...{ weightDecay, betas, adamEpsilon, maxGradNorm, clipping: 'joint', dropout: null },
  };
}
