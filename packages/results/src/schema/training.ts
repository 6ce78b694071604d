import { z } from 'zod';

/** How a model is trained, whatever the method. */
export const trainingSettingsSchema = z.strictObject({
  batchSize: z.number().int().positive(),
  epochs: z.number().positive(),
  maxSteps: z.number().int().positive().nullable(),
  maxLength: z.number().int().positive(),
  learningRate: z.number().positive(),
  headLearningRate: z.number().positive().nullable(),
  schedule: z.enum(['linear', 'constant']),
  warmupRatio: z.number().min(0).max(1),
  warmupSteps: z.number().int().nonnegative().nullable(),
  weightDecay: z.number().nonnegative(),
  /** Absent: adamw. */
  optimizer: z.string().optional(),
  betas: z.tuple([z.number().min(0).lt(1), z.number().min(0).lt(1)]),
  adamEpsilon: z.number().positive(),
  maxGradNorm: z.number().positive().nullable(),
  clipping: z.enum(['group', 'joint']),
  /** Dropout of the model's hidden states, attention and classifier; null keeps the checkpoint's own rates. */
  dropout: z.number().min(0).lt(1).nullable(),
  maxTrainSamples: z.number().int().positive().nullable(),
  /** Parts in which a batch goes through the model; absent: as many as the rows' mean length asks for (the result says). */
  gradientAccumulationSteps: z.number().int().positive().optional(),
  /** Whether a layer's activations are computed again in the backward pass; absent: kept. */
  gradientCheckpointing: z.boolean().optional(),
  /** Where the bias of a regression head starts: 0 (also where absent), or the mean label of the training rows. */
  regressionBias: z.enum(['zero', 'label-mean']).optional(),
});
