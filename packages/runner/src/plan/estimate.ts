import type { TrialResult, TrialSettings } from '@lomap/results';
import { median } from '@lomap/statistics';
import type { PlannedTrial } from './plan.ts';
import { forwardWork, stepWork, type ModelSize } from './step-work.ts';

/** Optimizer steps of a trial whose task has this many rows in train. */
export function trialSteps({ training, selection }: TrialSettings, trainRows: number): number {
  if (training.maxSteps !== null) return training.maxSteps;
  const held = heldOut(selection, trainRows);
  const rows = Math.min(trainRows - held, training.maxTrainSamples ?? Infinity);
  return Math.ceil(training.epochs * Math.ceil(rows / training.batchSize));
}

function heldOut({ fraction, maximum }: TrialSettings['selection'], trainRows: number): number {
  return Math.min(Math.floor(trainRows * fraction), maximum);
}

/** A task's data. */
export interface TaskSize {
  /** Rows of train, and of all dev splits together. */
  readonly rows: number;
  readonly devRows: number;
  /** Mean tokens of an example, cut to a length. */
  tokens(maxLength: number): number;
}

/** What is known of a machine before a trial has finished on it: a few steps of one of the trials. */
export interface Probe {
  readonly settings: TrialSettings;
  readonly stepSeconds: number;
  /** Load and compile. */
  readonly startSeconds: number;
}

/** What an estimate rests on. */
export interface Known {
  readonly model: ModelSize;
  readonly sizes: ReadonlyMap<string, TaskSize>;
  readonly finished: readonly TrialResult[];
  /** Null where nothing was probed. */
  readonly probe: Probe | null;
}

/** Of one core of 2024 in float32; for a machine of which nothing is known. */
const SECONDS_PER_MULTIPLY_ADD = 1 / 30e9;
/** As the trainer cuts batches (`packages/train/src/passes.ts`). */
const TOKENS_PER_PART = 640;

/** Multiply-adds of one step of a trial. */
export function workOf(
  { method, task, training }: TrialSettings,
  { model, sizes }: Pick<Known, 'model' | 'sizes'>,
): number {
  const tokens = training.batchSize * tokensOf(task, training.maxLength, sizes);
  const parts = training.gradientAccumulationSteps ?? Math.ceil(tokens / TOKENS_PER_PART);
  return stepWork(method, model, tokens, parts);
}

function tokensOf(task: string, maxLength: number, sizes: Known['sizes']): number {
  return sizes.get(task)?.tokens(maxLength) ?? maxLength;
}

/**
 * Seconds of a trial's step. Of finished trials of the same task and settings of method and batch, as many as those took;
 * else what the trial computes, at the speed of finished trials of the same task, else of all, else of the probe.
 */
export function stepSeconds(settings: TrialSettings, known: Known): number {
  const timed = known.finished.filter(
    ({ trial, measured }) => trial.steps > 0 && measured.seconds['train'] !== undefined,
  );
  const shape = shapeOf(settings);
  const same = timed.filter(({ trial }) => shapeOf(trial.settings) === shape);
  if (same.length > 0) return median(same.map(measuredStep));
  const sameTask = timed.filter(({ trial }) => trial.settings.task === settings.task);
  const basis = sameTask.length > 0 ? sameTask : timed;
  const speeds = basis.map((result) => measuredStep(result) / workOf(result.trial.settings, known));
  if (known.probe)
    speeds.push(...(basis.length > 0 ? [] : [known.probe.stepSeconds / workOf(known.probe.settings, known)]));
  return workOf(settings, known) * (speeds.length > 0 ? median(speeds) : SECONDS_PER_MULTIPLY_ADD);
}

function measuredStep({ trial, measured }: TrialResult): number {
  return (measured.seconds['train'] ?? 0) / trial.steps;
}

/** What decides the time of a step, whatever the seed and the rates. */
function shapeOf({ task, method, training, engine, model }: TrialSettings): string {
  const { label: _label, ...own } = method;
  const { batchSize, maxLength, dropout, gradientAccumulationSteps, gradientCheckpointing } = training;
  return JSON.stringify([
    task,
    own,
    batchSize,
    maxLength,
    dropout,
    gradientAccumulationSteps,
    gradientCheckpointing,
    engine,
    model.sha256,
  ]);
}

/** Wall-clock seconds of the trials left, `jobs` at a time: their steps, the evaluations, and what a trial takes to start. */
export function estimateSeconds(left: readonly PlannedTrial[], known: Known, jobs: number): number {
  if (left.length === 0) return 0;
  const starts = known.finished.map(({ measured: { seconds } }) => (seconds['load'] ?? 0) + (seconds['compile'] ?? 0));
  const start = starts.length > 0 ? median(starts) : (known.probe?.startSeconds ?? 1);
  const total = left.reduce((sum, { settings }) => {
    const size = known.sizes.get(settings.task);
    const step = stepSeconds(settings, known);
    const steps = trialSteps(settings, size?.rows ?? 0);
    const perWork = step / workOf(settings, known);
    return sum + start + step * steps + perWork * evaluationWork(settings, known);
  }, 0);
  return total / Math.min(jobs, left.length);
}

/** Forward passes of the held-out rows after each epoch, and of dev at the end. */
function evaluationWork(
  { training, selection, task, evaluateDev, maxDevSamples }: TrialSettings,
  { model, sizes }: Known,
): number {
  const size = sizes.get(task);
  if (!size) return 0;
  const dev = evaluateDev ? Math.min(size.devRows, maxDevSamples ?? Infinity) : 0;
  const rows = Math.ceil(training.epochs) * heldOut(selection, size.rows) + dev;
  return rows * size.tokens(training.maxLength) * forwardWork(model);
}
