import { setImmediate as nextTurn } from 'node:timers/promises';

/** Thrown out of work that was called off between two of its parts: nothing failed, and the part's work is not kept. */
export class InterruptedError extends Error {
  override name = 'InterruptedError';
  constructor() {
    super('The work was stopped before its end.');
  }
}

/** Who waits for work that takes long. */
export interface Watch {
  /** Calls the work off: it ends with an InterruptedError before its next part. */
  readonly signal?: AbortSignal | undefined;
  /** Told before each part how many of the `total` are done, and at the end. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * To be awaited between the parts of long work: lets signals, messages and timers in, which promises alone would starve.
 *
 * @throws InterruptedError once the watch's signal is aborted.
 */
export async function pause(watch: Watch | undefined, done: number, total: number): Promise<void> {
  await nextTurn();
  if (watch?.signal?.aborted) throw new InterruptedError();
  watch?.onProgress?.(done, total);
}
