import { compile, float32, int32, type DeviceOptions, type Hosts, type HostTensor, type Specs } from '@lomap/compile';
import { biasCorrections, type AdamWSettings, type OptimizerState } from './adamw.ts';
import type { ClippingSettings } from './clipping.ts';
import { dropoutOffsets, MAX_SITES, type DropoutSites } from './dropout.ts';
import type { Layout } from './layout.ts';
import { trainStep, type BatchLoss, type StepHyper, type StepResult } from './step.ts';

/** Which step of which run it is: what the batch and the state do not say. */
export interface StepPlace {
  /** The step, from 0. */
  readonly k: number;
  readonly learningRate: number;
  /** Decides the dropout masks. */
  readonly seed: number;
}

/** A compiled training step over batches of any kind, for every seed and learning rate. */
export interface StepEngine<Batch> {
  /** One step on a batch of host tensors: a function of its arguments alone. */
  step(state: OptimizerState<HostTensor>, place: StepPlace, batch: Hosts<Batch>): Promise<StepResult<HostTensor>>;
  dispose(): Promise<void>;
}

/** What a compiled training step is made of. */
export interface StepEngineOptions<Batch> {
  readonly layout: Layout;
  readonly loss: BatchLoss<Batch>;
  /** Types and shapes of a batch. */
  readonly batch: Specs<Batch>;
  /** The dropout sites that the loss registers as it runs or is traced. */
  readonly sites: DropoutSites;
  readonly optimizer: AdamWSettings;
  readonly clipping: ClippingSettings;
  /** Whether a step returns the gradient that the optimizer saw. @default false */
  readonly returnsGradient?: boolean | undefined;
  readonly device: DeviceOptions;
  readonly cacheDirectory: string;
}

/** Compiles a training step: forward, loss, gradients, clipping and AdamW in one graph. */
export async function createStepEngine<Batch>(options: StepEngineOptions<Batch>): Promise<StepEngine<Batch>> {
  const { layout, sites, optimizer } = options;
  let sitesKnown = false;
  const step = trainStep<Batch>({
    layout,
    loss: (params, batch, offsets) => {
      sitesKnown = true;
      return options.loss(params, batch, offsets);
    },
    optimizer,
    clipping: options.clipping,
    returnsGradient: options.returnsGradient,
  });
  const vector = { dtype: 'float32', shape: [layout.size] } as const;
  const number = { dtype: 'float32', shape: [1] } as const;
  const inputs = [
    { params: vector, m: vector, v: vector },
    options.batch,
    {
      learningRate: number,
      correction1: number,
      correction2: number,
      dropoutOffsets: { dtype: 'int32', shape: [MAX_SITES] },
    },
  ] as unknown as Specs<Parameters<typeof step>>;
  const compiled = await compile(step, {
    name: 'train-step',
    inputs,
    device: options.device,
    cacheDirectory: options.cacheDirectory,
  });
  // TypeScript does not look through the trees' types while the batch's is open.
  const run = compiled as unknown as (
    state: OptimizerState<HostTensor>,
    batch: Hosts<Batch>,
    hyper: StepHyper<HostTensor>,
  ) => Promise<StepResult<HostTensor>>;
  const hyper = ({ k, learningRate, seed }: StepPlace): StepHyper<HostTensor> => {
    const [correction1, correction2] = biasCorrections(optimizer.betas, k);
    return {
      learningRate: float32([learningRate], [1]),
      correction1: float32([correction1], [1]),
      correction2: float32([correction2], [1]),
      dropoutOffsets: int32(dropoutOffsets(seed, k, sites.names), [MAX_SITES]),
    };
  };
  return {
    async step(state, place, batch) {
      // Tracing finds the dropout sites. An eager function has not run yet, so its first result is thrown away.
      if (!sitesKnown) await run(state, batch, hyper(place));
      return run(state, batch, hyper(place));
    },
    dispose: () => compiled.dispose(),
  };
}
