import type { PlannedTrial } from '../plan/plan.ts';
import type { Place } from '../executors/executor.ts';
import type { Outcome } from '../sweep/outcome.ts';
import type { TrialReport } from '../worker/messages.ts';

/** What a sweep tells the person who watches it. */
export interface Progress {
  /** `done` of `total` trials were finished before. */
  begin(counts: { readonly total: number; readonly done: number; readonly jobs: number }): void;
  trialStarted(trial: PlannedTrial, attempt: number, place: Place): void;
  trialReported(trial: PlannedTrial, report: TrialReport): void;
  trialEnded(trial: PlannedTrial, outcome: Outcome, seconds: number): void;
  /** A line of its own. */
  message(text: string): void;
  end(): void;
}

/** Tells nobody; for tests. */
export const silent: Progress = {
  begin() {},
  trialStarted() {},
  trialReported() {},
  trialEnded() {},
  message() {},
  end() {},
};
