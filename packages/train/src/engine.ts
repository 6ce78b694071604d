import { compile, float32, int32, type HostTensor } from '@lomap/compile';
import { batchSpecs, pack, type EncodedExample, type TensorBatch } from '@lomap/models';
import { biasCorrections, type OptimizerState } from './adamw.ts';
import { dropoutOffsets, dropoutSites, MAX_SITES } from './dropout.ts';
import type { Layout } from './layout.ts';
import type { TaskKind } from './loss.ts';
import { trainingLoss, type AdaptedModel } from './model.ts';
import type { TrainingSettings } from './settings.ts';
import { trainStep, type StepHyper, type StepResult } from './step.ts';

/** The compiled training step of an adapted model. */
export interface TrainEngine {
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
}

/** Compiles the training step: forward, loss, gradients, clipping and AdamW in one graph. */
export async function createTrainEngine(model: AdaptedModel, options: TrainEngineOptions): Promise<TrainEngine> {
  const { kind, settings, seed, layout } = options;
  const sites = dropoutSites(model.cacheDirectory);
  let sitesKnown = false;
  const headScale = (settings.headLearningRate ?? settings.learningRate) / settings.learningRate;
  const loss = trainingLoss(model, kind, sites, settings.dropout);
  const step = trainStep<TensorBatch>({
    layout,
    loss: (params, batch, offsets) => {
      sitesKnown = true;
      return loss(params, batch, offsets);
    },
    optimizer: {
      betas: settings.betas,
      epsilon: settings.adamEpsilon,
      weightDecay: settings.weightDecay,
      learningRateScale: (segment) => segment.learningRateMultiplier * (segment.group === 'head' ? headScale : 1),
    },
    clipping: { maxNorm: settings.maxGradNorm, by: settings.clipping },
  });
  const vector = { dtype: 'float32', shape: [layout.size] } as const;
  const number = { dtype: 'float32', shape: [1] } as const;
  const compiled = await compile(step, {
    name: 'train-step',
    inputs: [
      { params: vector, m: vector, v: vector },
      batchSpecs(settings.batchSize),
      {
        learningRate: number,
        correction1: number,
        correction2: number,
        dropoutOffsets: { dtype: 'int32', shape: [MAX_SITES] },
      },
    ],
    device: model.device,
    cacheDirectory: model.cacheDirectory,
  });
  const hyper = (k: number, learningRate: number): StepHyper<HostTensor> => {
    const [correction1, correction2] = biasCorrections(settings.betas, k);
    return {
      learningRate: float32([learningRate], [1]),
      correction1: float32([correction1], [1]),
      correction2: float32([correction2], [1]),
      dropoutOffsets: int32(dropoutOffsets(seed, k, sites.names), [MAX_SITES]),
    };
  };
  return {
    async step(state, k, learningRate, examples) {
      const batch = pack(examples, settings.batchSize);
      // Tracing finds the dropout sites. An eager function has not run yet, so its first result is thrown away.
      if (!sitesKnown) await compiled(state, batch, hyper(k, learningRate));
      return compiled(state, batch, hyper(k, learningRate));
    },
    dispose: () => compiled.dispose(),
  };
}
