import type { HostTensor } from '@lomap/compile';
import { batchSpecs, pack, type EncodedExample, type TensorBatch } from '@lomap/models';
import { createAccumulatingEngine } from './accumulating-engine.ts';
import { dropoutSites } from './dropout.ts';
import { cachedAs } from './graph-key.ts';
import type { Layout, Segment } from './layout.ts';
import type { TaskKind } from './loss.ts';
import { trainingLoss, type AdaptedModel } from './model.ts';
import type { Optimizer, OptimizerState } from './optimizers/optimizer.ts';
import { createOptimizer } from './optimizers/registry.ts';
import { partsOf } from './passes.ts';
import { leaseFrom } from './reuse.ts';
import type { TrainingSettings } from './settings.ts';
import { createStepEngine, type StepEngine } from './step-engine.ts';
import type { StepResult } from './step.ts';

/** The compiled training step of an adapted model. */
export interface TrainEngine {
  /** Of the optimizer's state. */
  readonly slots: readonly string[];
  /** Step k = 0, 1, ... on at most `batchSize` examples: a function of its arguments alone. */
  step(
    state: OptimizerState<HostTensor>,
    k: number,
    learningRate: number,
    examples: readonly EncodedExample[],
  ): Promise<StepResult<HostTensor>>;
  dispose(): Promise<void>;
}

/** What the training step is made of, besides the model. */
export interface TrainEngineOptions {
  readonly kind: TaskKind;
  readonly settings: TrainingSettings;
  readonly seed: number;
  readonly layout: Layout;
  /** Parts in which a batch goes through the model; divides the batch size. @default 1 */
  readonly passes?: number | undefined;
}

/** Compiles the training step: forward, loss, gradients, clipping and the optimizer. */
export async function createTrainEngine(model: AdaptedModel, options: TrainEngineOptions): Promise<TrainEngine> {
  const { settings, seed, passes = 1 } = options;
  const { batchSize } = settings;
  const purpose = { ...purposeOf(options), device: model.device };
  const lease = await leaseFrom(model.reuse, purpose, () => compileStep(model, options));
  return {
    slots: optimizerOf(settings).slots,
    step: (state, k, learningRate, examples) => {
      const parts = partsOf(examples, batchSize, passes).map((part) => ({
        batch: pack(part, batchSize / passes),
        share: part.length / examples.length,
      }));
      return lease.value.step(state, { k, learningRate, seed }, parts);
    },
    dispose: () => lease.release(),
  };
}

/** What the compiled step depends on besides the model and the device. */
function purposeOf({ kind, settings, layout, passes = 1 }: TrainEngineOptions): object {
  const { batchSize, gradientCheckpointing, dropout } = settings;
  const { betas, adamEpsilon, weightDecay, maxGradNorm, clipping } = settings;
  const { optimizer: name = 'adamw' } = settings;
  const optimizer = { name, betas, adamEpsilon, weightDecay, maxGradNorm, clipping, headScale: headScale(settings) };
  const batches = { batchSize, passes, gradientCheckpointing, dropout };
  const segments = layout.segments.map((segment) =>
    segment.learningRate === undefined ? segment : { ...segment, scale: scaleOf(segment, settings) },
  );
  return { step: kind, ...batches, ...optimizer, segments };
}

/** The optimizer that the settings name. */
function optimizerOf(settings: TrainingSettings): Optimizer {
  return createOptimizer(settings.optimizer ?? 'adamw', {
    betas: settings.betas,
    epsilon: settings.adamEpsilon,
    weightDecay: settings.weightDecay,
    learningRateScale: (segment) => scaleOf(segment, settings),
  });
}

/** A segment's learning rate over the adapter's. */
function scaleOf({ group, learningRate, learningRateMultiplier }: Segment, settings: TrainingSettings): number {
  if (learningRate !== undefined) return learningRate / settings.learningRate;
  return learningRateMultiplier * (group === 'head' ? headScale(settings) : 1);
}

/** The head's learning rate over the adapter's. */
function headScale({ learningRate, headLearningRate }: TrainingSettings): number {
  return (headLearningRate ?? learningRate) / learningRate;
}

/** The training step of an adapted model, compiled once for every seed and learning rate. */
async function compileStep(model: AdaptedModel, options: TrainEngineOptions): Promise<StepEngine<TensorBatch>> {
  const { kind, settings, layout, passes = 1 } = options;
  const sites = dropoutSites(model.cacheDirectory);
  const create = passes === 1 ? createStepEngine : createAccumulatingEngine;
  return create<TensorBatch>({
    layout,
    loss: trainingLoss(model, kind, sites, settings.dropout),
    batch: batchSpecs(settings.batchSize / passes),
    sites,
    optimizer: optimizerOf(settings),
    clipping: { maxNorm: settings.maxGradNorm, by: settings.clipping },
    returnsGradient: model.adaptation.betweenSteps !== undefined,
    gradientCheckpointing: settings.gradientCheckpointing,
    device: model.device,
    cacheDirectory: model.cacheDirectory,
    cached: cachedAs(model, purposeOf(options), {
      remember: () => sites.names,
      restore: (names) => sites.restore(names),
    }),
  });
}
