import { key, type DeviceOptions } from '@lomap/compile';
import { openCheckpoint } from '@lomap/models';
import { adapt, methodDefaults } from '@lomap/peft';
import {
  ReuseCache,
  sequenceObjective,
  type AdaptedModel,
  type SequenceKind,
  type SequenceObjective,
  type TrainingSettings,
} from '@lomap/train';
import { RANK, type MethodName } from './methods.ts';

/** A BERT checkpoint with a method bound to it on all six linear maps, pooler and classifier trained too, and the objective of a task's labels. */
export async function adaptedModel(options: {
  readonly model: string;
  readonly method: MethodName;
  /** Of every adapter. @default 8 */
  readonly rank?: number;
  readonly numLabels: number;
  /** @default classification */
  readonly kind?: SequenceKind;
  readonly device: DeviceOptions;
  readonly cacheDirectory: string;
  /** Whether a later process may find the compiled graphs in the cache. @default false */
  readonly cached?: boolean | undefined;
}): Promise<AdaptedModel & { readonly objective: SequenceObjective }> {
  const { model, method, rank = RANK, numLabels, device, cacheDirectory } = options;
  const defaults = methodDefaults(method);
  const checkpoint = await openCheckpoint(model, { numLabels, cacheDirectory, headKey: key(0, 'head') });
  return {
    objective: sequenceObjective(options.kind ?? 'classification', checkpoint.classify, numLabels),
    checkpoint,
    adaptation: adapt(checkpoint, { ...defaults, rank, loraAlpha: defaults.loraAlpha === null ? null : 2 * rank }),
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
