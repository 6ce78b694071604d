import type { TrialResult, TrialSettings } from '@lomap/results';
import type { PlannedTrial } from './plan.ts';

/** Optimizer steps of a trial whose task has this many rows in train. */
export function trialSteps({ training, selection }: TrialSettings, trainRows: number): number {
  if (training.maxSteps !== null) return training.maxSteps;
  const held = Math.min(Math.floor(trainRows * selection.fraction), selection.maximum);
  const rows = Math.min(trainRows - held, training.maxTrainSamples ?? Infinity);
  return Math.ceil(training.epochs * Math.ceil(rows / training.batchSize));
}

/**
 * Wall-clock seconds of the trials left, `jobs` at a time: their steps times the mean time of a step of the finished
 * trials of the same task and method, else of the same task, else of all. Null before the first has finished.
 */
export function estimateSeconds(
  left: readonly PlannedTrial[],
  trainRows: ReadonlyMap<string, number>,
  finished: readonly TrialResult[],
  jobs: number,
): number | null {
  const timed = finished.filter((result) => result.trial.steps > 0 && result.measured.seconds['total'] !== undefined);
  if (timed.length === 0) return null;
  const perStep = (settings: TrialSettings): number => {
    const sameTask = timed.filter((result) => result.trial.settings.task === settings.task);
    const same = sameTask.filter((result) => result.trial.settings.method.label === settings.method.label);
    const basis = [same, sameTask, timed].find((results) => results.length > 0) ?? timed;
    const steps = basis.reduce((sum, result) => sum + result.trial.steps, 0);
    return basis.reduce((sum, result) => sum + (result.measured.seconds['total'] ?? 0), 0) / steps;
  };
  const total = left.reduce((sum, { settings }) => sum + perStep(settings) * trialSteps(settings, trainRows.get(settings.task) ?? 0), 0);
  return left.length === 0 ? 0 : total / Math.min(jobs, left.length);
}
