/** What every compiled training step is given besides its batch and its state. */
import { float32, int32, type DeviceOptions, type HostTensor } from '@lomap/compile';
import { biasCorrections, type AdamWHyper, type AdamWSettings } from './adamw.ts';
import { dropoutOffsets, MAX_SITES, type DropoutSites } from './dropout.ts';

/** Which step of which run it is: what the batch and the state do not say. */
export interface StepPlace {
  /** The step, from 0. */
  readonly k: number;
  readonly learningRate: number;
  /** Decides the dropout masks. */
  readonly seed: number;
}

/** A number, [1]. */
export const numberSpec = { dtype: 'float32', shape: [1] } as const;

/** `AdamWHyper`. */
export const adamwSpecs = { learningRate: numberSpec, correction1: numberSpec, correction2: numberSpec } as const;

/** Where each dropout site reads the pool. */
export const offsetsSpec = { dtype: 'int32', shape: [MAX_SITES] } as const;

/** The numbers of AdamW at a step. */
export function adamwHyper({ betas }: AdamWSettings, { k, learningRate }: StepPlace): AdamWHyper<HostTensor> {
  const [correction1, correction2] = biasCorrections(betas, k);
  return {
    learningRate: float32([learningRate], [1]),
    correction1: float32([correction1], [1]),
    correction2: float32([correction2], [1]),
  };
}

/** Where the sites read their masks at a step, for a part of its batch. */
export function offsetsAt(sites: DropoutSites, { seed, k }: StepPlace, part: number): HostTensor {
  return int32(dropoutOffsets(seed, k, sites.names, part), [MAX_SITES]);
}

/**
 * Runs a function whose sites are registered as it runs. Tracing has found those of a compiled one; the first result of
 * an eager one is thrown away.
 */
export function knowingSites({ device }: DeviceOptions): <R>(run: () => Promise<R>) => Promise<R> {
  let known = !device.startsWith('tfjs-');
  return async (run) => {
    if (!known) await run();
    known = true;
    return run();
  };
}
