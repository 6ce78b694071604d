/** How a trial ended, and what that means for those that wait. */
import { collapsedOnDev, collapsedOnSelection, type Trial } from '@lomap/results';
import { exhaustedCodes } from '../errors.ts';
import type { TrialError } from '../worker/messages.ts';

export type Outcome =
  | {
      readonly type: 'complete';
      readonly metric: string;
      /** On dev, or on the selection split where dev is not scored. */
      readonly score: number | null;
      readonly selectionScore: number | null;
      /** That the predictions behind `score` hardly vary; absent: they do. */
      readonly collapsed?: true;
    }
  | { readonly type: 'failed'; readonly error: TrialError }
  | { readonly type: 'interrupted'; readonly error?: TrialError | undefined };

/** A finished trial's. */
export function outcomeOf(trial: Trial): Outcome {
  const { value, metric } = trial.primary;
  const collapsed = value === null ? collapsedOnSelection(trial) : collapsedOnDev(trial);
  return {
    type: 'complete',
    metric,
    score: value ?? trial.selectionScore,
    selectionScore: trial.selectionScore,
    ...(collapsed === true && { collapsed }),
  };
}

/** A full disk is no fault of the trial: it goes on at the next start, without --retry-failed. */
export function fullDiskInterrupts(outcome: Outcome): Outcome {
  return outcome.type === 'failed' && isExhausted(outcome.error)
    ? { type: 'interrupted', error: outcome.error }
    : outcome;
}

function isExhausted({ code }: TrialError): boolean {
  return code !== null && exhaustedCodes.has(code);
}

/** Equal errors after which the rest would fail in the same way. */
const EQUAL_ERRORS = 3;

/**
 * A function that says of each outcome why nothing more should be started; null to go on.
 *
 * @param failFast whether one failure is enough.
 */
export function reasonsToStop(failFast: boolean): (outcome: Outcome, folder: string) => string | null {
  const equal = new Map<string, number>();
  return (outcome, folder) => {
    if (outcome.type === 'complete' || !outcome.error) return null;
    const { error } = outcome;
    if (isExhausted(error))
      return 'Stopped: there is no space to write to. Free some and start the same command again.';
    if (outcome.type === 'interrupted' && error.code === null) return null;
    if (failFast) return `Stopped at the first failure (--fail-fast): ${error.message}`;
    // A learning rate that diverges is a finding about that trial, not a fault that the others share.
    if (error.name === 'DivergenceError') return null;
    const kind = `${error.name}: ${error.message}`.replaceAll(folder, '').replaceAll(/\d+/g, '#');
    const count = (equal.get(kind) ?? 0) + 1;
    equal.set(kind, count);
    return count >= EQUAL_ERRORS ? `Stopped after ${count} equal errors: ${error.message}` : null;
  };
}
