import { compile, float32, type Hosts, type HostTensor, type Specs } from '@lomap/compile';
import { gradientPass, type BatchSums, type PassHyper } from './accumulation.ts';
import type { OptimizerHyper, OptimizerState } from './optimizers/optimizer.ts';
import type { StepEngine, StepEngineOptions } from './step-engine.ts';
import {
  hyperAt,
  hyperSpecs,
  knowingSites,
  numberSpec,
  offsetsAt,
  offsetsSpec,
  stateSpecs,
  vectorSpec,
} from './step-inputs.ts';
import { update, type StepResult } from './step.ts';

/**
 * Compiles a training step on a batch in parts, by gradient accumulation: one graph adds a part's gradient, a second
 * clips the sum and takes the optimizer's step. It is the step on the whole batch, to rounding and but for the dropout masks.
 */
export async function createAccumulatingEngine<Part>(options: StepEngineOptions<Part>): Promise<StepEngine<Part>> {
  const { layout, sites, optimizer, device, cacheDirectory } = options;
  const vector = vectorSpec(layout);
  const sumsSpec = { loss: numberSpec, gradient: vector };
  const where = { device, cacheDirectory };

  const pass = gradientPass<Part>(layout, options.loss);
  const passInputs = [vector, sumsSpec, options.batch, { share: numberSpec, dropoutOffsets: offsetsSpec }];
  const compiledPass = await compile(pass, {
    name: 'gradient-pass',
    inputs: passInputs as unknown as Specs<Parameters<typeof pass>>,
    ...where,
    recompute: options.recompute,
    cached: options.cached,
  });
  const updateInputs = [stateSpecs(optimizer, layout), sumsSpec, hyperSpecs(optimizer)];
  const compiledUpdate = await compile((...args: Tail<Parameters<typeof update>>) => update(options, ...args), {
    name: 'update',
    inputs: updateInputs as unknown as Specs<Tail<Parameters<typeof update>>>,
    ...where,
    // It has no dropout, so there is nothing of it to remember.
    cached: options.cached && { key: options.cached.key },
  }).catch(async (error: unknown) => {
    await compiledPass.dispose();
    throw error;
  });
  // TypeScript does not look through the trees' types while the part's is open.
  const runPass = compiledPass as unknown as (
    params: HostTensor,
    sums: BatchSums<HostTensor>,
    part: Hosts<Part>,
    hyper: PassHyper<HostTensor>,
  ) => Promise<BatchSums<HostTensor>>;
  const runUpdate = compiledUpdate as unknown as (
    state: OptimizerState<HostTensor>,
    sums: BatchSums<HostTensor>,
    hyper: OptimizerHyper<HostTensor>,
  ) => Promise<StepResult<HostTensor>>;
  const runKnowingSites = knowingSites(device);
  return {
    async step(state, place, parts) {
      let sums: BatchSums<HostTensor> = {
        loss: float32([0], [1]),
        gradient: float32(new Float32Array(layout.size), [layout.size]),
      };
      for (const [index, { batch, share }] of parts.entries()) {
        const before = sums;
        sums = await runKnowingSites(() =>
          runPass(state.params, before, batch, {
            share: float32([share], [1]),
            dropoutOffsets: offsetsAt(sites, place, index),
          }),
        );
      }
      return runUpdate(state, sums, hyperAt(optimizer, place));
    },
    async dispose() {
      await compiledPass.dispose();
      await compiledUpdate.dispose();
    },
  };
}

type Tail<T extends readonly unknown[]> = T extends readonly [unknown, ...infer Rest] ? Rest : never;
