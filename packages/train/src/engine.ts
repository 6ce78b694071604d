import { floats, type HostTensor } from '@lomap/compile';
import { createAccumulatingEngine } from './accumulating-engine.ts';
import { dropoutSites } from './dropout.ts';
import { cachedAs } from './graph-key.ts';
import { initialParams } from './initial.ts';
import { flatLayout, packParams, unpackParams, type FlatLayout, type Segment } from './flat-layout.ts';
import { trainingLoss, type TrainableModel } from './model.ts';
import type { Objective } from './objectives/objective.ts';
import { freshState, type Optimizer, type OptimizerState } from './optimizers/optimizer.ts';
import { createOptimizer } from './optimizers/registry.ts';
import { partsOf } from './passes.ts';
import { leaseFrom } from './reuse.ts';
import type { TrainingSettings } from './settings.ts';
import { createStepEngine, type StepEngine } from './step-engine.ts';
import type { StepResult } from './step.ts';

/** The compiled training step of an adapted model. */
export interface TrainEngine<Example> {
  /** Of the optimizer's state. */
  readonly slots: readonly string[];
  /** The state before the first step, at these values in the order of the specs. @default the specs' starts */
  start(params?: readonly Float32Array[]): OptimizerState<HostTensor>;
  /** A state's trained values, in the order of the specs. */
  params(state: OptimizerState<HostTensor>): Float32Array[];
  /** Step k = 0, 1, ... on at most `batchSize` examples: a function of its arguments alone. */
  step(
    state: OptimizerState<HostTensor>,
    k: number,
    learningRate: number,
    examples: readonly Example[],
  ): Promise<StepResult<HostTensor>>;
  dispose(): Promise<void>;
}

/** What the training step is made of, besides the model. */
export interface TrainEngineOptions<Example, Batch> {
  readonly objective: Objective<Example, Batch, unknown>;
  readonly settings: TrainingSettings;
  readonly seed: number;
  /** Parts in which a batch goes through the model; divides the batch size. @default 1 */
  readonly passes?: number | undefined;
}

/** Compiles the training step: forward, loss, gradients, clipping and the optimizer. */
export async function createTrainEngine<Example, Batch>(
  model: TrainableModel,
  options: TrainEngineOptions<Example, Batch>,
): Promise<TrainEngine<Example>> {
  const { objective, settings, seed, passes = 1 } = options;
  const where = flatLayout(model.adaptation.specs);
  const { slots } = optimizerOf(settings);
  const purpose = { ...purposeOf(options, where), device: model.device };
  const lease = await leaseFrom(model.reuse, purpose, () => compileStep(model, options, where));
  return {
    slots,
    start: (params = initialParams(model.adaptation.specs, seed)) => freshState({ slots }, packParams(where, params)),
    params: (state) => unpackParams(where, floats(state.params)),
    step: (state, k, learningRate, examples) => {
      const whole = weightOf(examples, objective);
      const parts = partsOf(examples, settings.batchSize, passes, (example) => objective.length(example));
      const shared = parts.map((part) => ({
        batch: objective.pack(part, settings.batchSize / passes),
        share: weightOf(part, objective) / whole,
      }));
      return lease.value.step(state, { k, learningRate, seed }, shared);
    },
    dispose: () => lease.release(),
  };
}

/** What these examples count in a mean loss. */
function weightOf<Example>(
  examples: readonly Example[],
  { weight }: Pick<Objective<Example, never, unknown>, 'weight'>,
): number {
  return weight ? examples.reduce((sum, example) => sum + weight(example), 0) : examples.length;
}

/** What the compiled step depends on besides the model and the device. */
function purposeOf<Example, Batch>(
  { objective, settings, passes = 1 }: TrainEngineOptions<Example, Batch>,
  { segments }: FlatLayout,
): object {
  const { batchSize, gradientCheckpointing, dropout, classifierDropout } = settings;
  const { betas, adamEpsilon, weightDecay, maxGradNorm, clipping } = settings;
  const { optimizer: name = 'adamw' } = settings;
  const optimizer = { name, betas, adamEpsilon, weightDecay, maxGradNorm, clipping, headScale: headScale(settings) };
  const batches = { batchSize, passes, gradientCheckpointing, dropout, classifierDropout };
  const keyed = segments.map((segment) =>
    segment.learningRate === undefined ? segment : { ...segment, scale: scaleOf(segment, settings) },
  );
  return { step: objective.key, ...batches, ...optimizer, segments: keyed };
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
async function compileStep<Example, Batch>(
  model: TrainableModel,
  options: TrainEngineOptions<Example, Batch>,
  where: FlatLayout,
): Promise<StepEngine<Batch>> {
  const { objective, settings, passes = 1 } = options;
  const sites = dropoutSites(model.cacheDirectory);
  const create = passes === 1 ? createStepEngine : createAccumulatingEngine;
  return create<Batch>({
    layout: where,
    loss: trainingLoss(model, objective, sites, settings.dropout, settings.classifierDropout),
    batch: objective.specs(settings.batchSize / passes),
    sites,
    optimizer: optimizerOf(settings),
    clipping: { maxNorm: settings.maxGradNorm, by: settings.clipping },
    returnsGradient: model.adaptation.betweenSteps !== undefined,
    recompute: settings.gradientCheckpointing,
    device: model.device,
    cacheDirectory: model.cacheDirectory,
    cached: cachedAs(model, purposeOf(options, where), {
      remember: () => sites.names,
      restore: (names) => sites.restore(names),
    }),
  });
}
