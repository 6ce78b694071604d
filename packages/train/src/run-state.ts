import type { HostTensor } from '@lomap/compile';
import type { OptimizerState } from './optimizers/optimizer.ts';
import type { Tried } from './tryout.ts';

/** One evaluation on the selection split, after `step` steps. */
export interface EpochScores {
  /** Passes over the training rows so far; a fraction when the run ends inside one. */
  readonly epoch: number;
  readonly step: number;
  readonly scores: Record<string, number>;
  /** Whether the outputs behind the scores hardly vary; absent where nobody asked. */
  readonly collapsed?: boolean;
}

/** What each step measured, one entry a step. */
export interface Curves {
  readonly loss: number[];
  readonly learningRate: number[];
  /** By clipping group. */
  readonly gradientNorm: Record<string, number[]>;
  readonly clippingFactor: Record<string, number[]>;
}

/** Everything a run has come to: with the settings, all that is needed to go on bit for bit. Randomness has no state. */
export interface RunState {
  /** Steps done. */
  step: number;
  state: OptimizerState<HostTensor>;
  /** The memory of what the method does between steps; empty where it does nothing. */
  readonly betweenSteps: readonly Float32Array[];
  /** The best epoch so far by the primary metric, the earliest of equals. */
  best: { readonly epoch: number; readonly score: number; readonly params: Float32Array } | null;
  readonly curves: Curves;
  readonly epochs: EpochScores[];
  /** Wall-clock seconds by phase, of all attempts together. */
  readonly seconds: { train: number; evaluate: number };
  /** What trying starts before the run came to; absent where none were tried. */
  readonly tried?: Tried | undefined;
}

/** A run before its first step. */
export function freshRunState(
  state: OptimizerState<HostTensor>,
  groups: readonly string[],
  betweenSteps: readonly Float32Array[] = [],
): RunState {
  const perGroup = (): Record<string, number[]> => Object.fromEntries(groups.map((group) => [group, []]));
  return {
    step: 0,
    state,
    betweenSteps,
    best: null,
    curves: { loss: [], learningRate: [], gradientNorm: perGroup(), clippingFactor: perGroup() },
    epochs: [],
    seconds: { train: 0, evaluate: 0 },
  };
}
