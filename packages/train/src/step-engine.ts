import { compile, type CachedAs, type DeviceOptions, type Hosts, type HostTensor, type Specs } from '@lomap/compile';
import type { ClippingSettings } from './clipping.ts';
import type { DropoutSites } from './dropout.ts';
import type { FlatLayout } from './flat-layout.ts';
import type { Optimizer, OptimizerState } from './optimizers/optimizer.ts';
import {
  hyperAt,
  hyperSpecs,
  knowingSites,
  offsetsAt,
  offsetsSpec,
  stateSpecs,
  type StepPlace,
} from './step-inputs.ts';
import { trainStep, type BatchLoss, type StepHyper, type StepResult } from './step.ts';

/** Examples of a batch that go through the model together. */
export interface BatchPart<Batch> {
  readonly batch: Hosts<Batch>;
  /** Its examples over the whole batch's; a batch's shares add up to 1. */
  readonly share: number;
}

/** A compiled training step over batches of any kind, for every seed and learning rate. */
export interface StepEngine<Batch> {
  /** One step on a batch of host tensors, in as many parts as the engine takes: a function of its arguments alone. */
  step(
    state: OptimizerState<HostTensor>,
    place: StepPlace,
    parts: readonly BatchPart<Batch>[],
  ): Promise<StepResult<HostTensor>>;
  dispose(): Promise<void>;
}

/** What a compiled training step is made of. */
export interface StepEngineOptions<Batch> {
  readonly layout: FlatLayout;
  readonly loss: BatchLoss<Batch>;
  /** Types and shapes of a part. */
  readonly batch: Specs<Batch>;
  /** The dropout sites that the loss registers as it runs or is traced. */
  readonly sites: DropoutSites;
  readonly optimizer: Optimizer;
  readonly clipping: ClippingSettings;
  /** Whether a step returns the gradient that the optimizer saw. @default false */
  readonly returnsGradient?: boolean | undefined;
  /** Whether what lies between the layers' inputs is computed again instead of kept. @default false */
  readonly recompute?: boolean | undefined;
  readonly device: DeviceOptions;
  readonly cacheDirectory: string;
  /** How later processes find the graphs of a step; undefined: they trace it. */
  readonly cached?: CachedAs | undefined;
}

/** Compiles a training step on a whole batch: forward, loss, gradients, clipping and the optimizer in one graph. */
export async function createStepEngine<Batch>(options: StepEngineOptions<Batch>): Promise<StepEngine<Batch>> {
  const { layout, sites, optimizer, device, cacheDirectory } = options;
  const step = trainStep<Batch>(options);
  const inputs = [
    stateSpecs(optimizer, layout),
    options.batch,
    { ...hyperSpecs(optimizer), dropoutOffsets: offsetsSpec },
  ] as unknown as Specs<Parameters<typeof step>>;
  const compiled = await compile(step, {
    name: 'train-step',
    inputs,
    device,
    cacheDirectory,
    recompute: options.recompute,
    cached: options.cached,
  });
  // TypeScript does not look through the trees' types while the batch's is open.
  const run = compiled as unknown as (
    state: OptimizerState<HostTensor>,
    batch: Hosts<Batch>,
    hyper: StepHyper<HostTensor>,
  ) => Promise<StepResult<HostTensor>>;
  const runKnowingSites = knowingSites(device);
  return {
    async step(state, place, [part, ...others]) {
      if (!part || others.length > 0) throw new RangeError('This engine takes a batch in one part.');
      return runKnowingSites(() =>
        run(state, part.batch, { ...hyperAt(optimizer, place), dropoutOffsets: offsetsAt(sites, place, 0) }),
      );
    },
    dispose: () => compiled.dispose(),
  };
}
