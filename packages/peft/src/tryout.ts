import type { Place } from './between-steps.ts';

/**
 * Starts that a run tries before it begins: each is trained for some steps on the same batches, and the one with the lowest
 * loss on the batch after them is taken. The steps are part of the run's budget.
 */
export interface Tryout {
  /** Everything that tells it apart from others: part of what a resume file must be of. */
  readonly settings: object;
  /** Steps that each start is trained for, ≥ 1. */
  readonly steps: number;
  readonly starts: readonly TryoutStart[];
}

/** One of them. */
export interface TryoutStart {
  /** What notes call it: `ρ = 0.1`. */
  readonly label: string;
  /** The parameters [P] to begin with, of the run's own starting values. */
  at(places: ReadonlyMap<string, Place>, params: Float32Array): Float32Array;
}
