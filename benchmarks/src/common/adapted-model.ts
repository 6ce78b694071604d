import { key, type DeviceOptions } from '@lomap/compile';
import { openCheckpoint } from '@lomap/models';
import { adapt, methodDefaults } from '@lomap/peft';
import { ReuseCache, type AdaptedModel, type TrainingSettings } from '@lomap/train';
import { RANK, type MethodName } from './methods.ts';

/** A BERT checkpoint with a method bound to it: on all six linear maps, pooler and classifier trained too. */
export async function adaptedModel(options: {
  readonly model: string;
  readonly method: MethodName;
  /** Of every adapter. @default 8 */
  readonly rank?: number;
  readonly numLabels: number;
  readonly device: DeviceOptions;
  readonly cacheDirectory: string;
  /** Whether a later process may find the compiled graphs in the cache. @default false */
  readonly cached?: boolean | undefined;
}): Promise<AdaptedModel> {
  const { model, method, rank = RANK, numLabels, device, cacheDirectory } = options;
  const defaults = methodDefaults(method);
  const checkpoint = await openCheckpoint(model, { numLabels, cacheDirectory, headKey: key(0, 'head') });
  return {
    forward: (context, batch) => checkpoint.classify(context, batch),
    checkpoint,
    adaptation: adapt(checkpoint, { ...defaults, rank, loraAlpha: defaults.loraAlpha === null ? null : 2 * rank }),
    numLabels,
    device,
    cacheDirectory,
    ...(options.cached && {
      reuse: { cache: new ReuseCache(0), identity: JSON.stringify([checkpoint.sha256, method, rank, numLabels]) },
    }),
  };
}

/** Settings that all benchmarks share; clipping is by the global norm, as PyTorch's. */
export const commonTraining: Omit<TrainingSettings, 'batchSize' | 'epochs' | 'maxSteps' | 'learningRate' | 'dropout'> =
  {
    maxLength: 128,
    headLearningRate: null,
    schedule: 'linear',
    warmupRatio: 0.1,
    warmupSteps: null,
    weightDecay: 0,
    betas: [0.9, 0.999],
    adamEpsilon: 1e-8,
    maxGradNorm: 1,
    clipping: 'joint',
    maxTrainSamples: null,
  };
