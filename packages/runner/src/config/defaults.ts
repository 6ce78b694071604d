import type { TrialSettings } from '@lomap/results';

/** The settings of a trial before a sweep file changes any; a method's own defaults are its package's. */
export const defaultSettings: Pick<TrialSettings, 'training' | 'selection' | 'engine'> = {
  training: {
    batchSize: 32,
    epochs: 3,
    maxSteps: null,
    maxLength: 128,
    learningRate: 1e-3,
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
  selection: { fraction: 0.1, maximum: 2000, seed: 0, epoch: 'best' },
  engine: { device: 'cpu', optimizationLevel: 'all', prepacking: true },
};
