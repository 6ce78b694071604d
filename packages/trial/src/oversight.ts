/** What oversees a trial while it runs: who hears what it does, and may stop it. */
import type { Watch } from '@lomap/train';

/** What a trial does now (`scoring dev`); `done` of `total` steps or examples where they are counted. */
export type Activity = (doing: string, done?: number, total?: number) => void;

/** What a trial does at its steps. */
export const TRAINING = 'training';

export interface Oversight {
  /** Stops the trial before its next step, batch or hundred examples. */
  readonly signal: AbortSignal;
  /** Called at every step and batch; it must not throw. */
  readonly activity: Activity;
}

/** One work of a trial, watched: `scoring dev`, so many of so many. */
export function watched({ signal, activity }: Oversight, doing: string): Watch {
  return { signal, onProgress: (done, total) => activity(doing, done, total) };
}

/** The activities of a part of the trial, each named with its part. */
export function partOf({ signal, activity }: Oversight, part: string): Oversight {
  return { signal, activity: (doing, done, total) => activity(`${part}: ${doing}`, done, total) };
}
