import type { TrialResult, TrialSettings } from '@lomap/results';
import type { PlannedTrial } from './plan.ts';

/** Optimizer steps of a trial whose task has this many rows in train. */
export function trialSteps({ training, selection }: TrialSettings, trainRows: number): number {
  if (training.maxSteps !== null) return training.maxSteps;
  const held = Math.min(Math.floor(trainRows * selection.fraction), selection.maximum);
  const rows = Math.min(trainRows - held, training.maxTrainSamples ?? Infinity);
  return Math.ceil(training.epochs * Math.ceil(rows / training.batchSize));
}

/** Rows of a task's train file, and the mean number of characters of one. */
export interface TrainSize {
  readonly rows: number;
  readonly characters: number;
}

/** Roughly: one thread, one token forward and back through MiniLM-L6 (10.6 million parameters besides embeddings). */
const SECONDS_PER_TOKEN = 5e-4;
const CHARACTERS_PER_TOKEN = 4.4;

/**
 * Wall-clock seconds of the trials left, `jobs` at a time: their steps times the mean time of a step of the finished
 * trials of the same task and method, else of the same task, else of all. Before the first has finished, the time that
 * MiniLM-L6 would take on one thread each: an order of magnitude.
 */
export function estimateSeconds(
  left: readonly PlannedTrial[],
  sizes: ReadonlyMap<string, TrainSize>,
  finished: readonly TrialResult[],
  jobs: number,
): number {
  if (left.length === 0) return 0;
  const timed = finished.filter((result) => result.trial.steps > 0 && result.measured.seconds['total'] !== undefined);
  const total = left.reduce((sum, { settings }) => {
    const size = sizes.get(settings.task) ?? { rows: 0, characters: 0 };
    const perStep = timed.length === 0 ? roughStep(settings, size) : measuredStep(settings, timed);
    return sum + perStep * trialSteps(settings, size.rows);
  }, 0);
  return total / Math.min(jobs, left.length);
}

function roughStep({ training }: TrialSettings, { characters }: TrainSize): number {
  const tokens = Math.min(training.maxLength, 3 + characters / CHARACTERS_PER_TOKEN);
  return training.batchSize * tokens * SECONDS_PER_TOKEN;
}

function measuredStep(settings: TrialSettings, timed: readonly TrialResult[]): number {
  const sameTask = timed.filter((result) => result.trial.settings.task === settings.task);
  const same = sameTask.filter((result) => result.trial.settings.method.label === settings.method.label);
  const basis = [same, sameTask, timed].find((results) => results.length > 0) ?? timed;
  const steps = basis.reduce((sum, result) => sum + result.trial.steps, 0);
  return basis.reduce((sum, result) => sum + (result.measured.seconds['total'] ?? 0), 0) / steps;
}
