/** What every compiled training step is given besides its batch and its state. */
import { float32, int32, type DeviceOptions, type HostTensor } from '@lomap/compile';
import { dropoutOffsets, MAX_SITES, type DropoutSites } from './dropout.ts';
import type { FlatLayout } from './flat-layout.ts';
import type { Optimizer, OptimizerHyper } from './optimizers/optimizer.ts';

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

/** The optimizer's numbers of a step. */
export function hyperSpecs(optimizer: Optimizer): Record<string, typeof numberSpec> {
  const names = Object.keys(optimizer.hyper({ k: 0, learningRate: 0 }));
  return Object.fromEntries(names.map((name) => [name, numberSpec]));
}

/** Where each dropout site reads the pool. */
export const offsetsSpec = { dtype: 'int32', shape: [MAX_SITES] } as const;

/** Their values. */
export function hyperAt(optimizer: Optimizer, place: StepPlace): OptimizerHyper<HostTensor> {
  const numbers = Object.entries(optimizer.hyper(place));
  return Object.fromEntries(numbers.map(([name, value]) => [name, float32([value], [1])]));
}

/** The optimizer's state. */
export function stateSpecs({ slots }: Optimizer, layout: FlatLayout): Record<string, VectorSpec> {
  return Object.fromEntries(['params', ...slots].map((name) => [name, vectorSpec(layout)]));
}

/** All trained values, [P]. */
export function vectorSpec({ size }: FlatLayout): VectorSpec {
  return { dtype: 'float32', shape: [size] };
}

interface VectorSpec {
  readonly dtype: 'float32';
  readonly shape: readonly [number];
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
