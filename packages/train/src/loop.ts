import { setImmediate as nextTurn } from 'node:timers/promises';
import { float32, floats, type HostTensor } from '@lomap/compile';
import type { BetweenSteps } from '@lomap/peft';
import { loadCheckpoint, saveCheckpoint, type CheckpointOf } from './checkpoint.ts';
import { freshState, type OptimizerState } from './optimizers/optimizer.ts';
import { freshProgress, type EpochScores, type Progress } from './progress.ts';
import { RecordError } from './record-file.ts';
import type { StepResult } from './step.ts';
import { InterruptedError } from './watch.ts';

/** What the loop tells of a step just done, for progress bars. */
export interface StepInfo {
  /** Steps done, of `steps`. */
  readonly step: number;
  readonly steps: number;
  readonly loss: number;
  readonly learningRate: number;
  /** Wall-clock seconds of the step, evaluation and checkpoint left out. */
  readonly seconds: number;
}

/** A training loop over an engine that it knows nothing of. */
export interface LoopOptions {
  /** Starting values of the flat vector [P]. */
  readonly initial: Float32Array;
  /** The optimizer's slots, [P] each. */
  readonly slots: readonly string[];
  /** Names of the clipping groups, as the step's metrics are ordered. */
  readonly groups: readonly string[];
  /** The learning rate of each step; its length is the number of steps. */
  readonly learningRates: readonly number[];
  readonly stepsPerEpoch: number;
  /** Runs step k = 0, 1, ... A function of its arguments alone. */
  step(state: OptimizerState<HostTensor>, k: number, learningRate: number): Promise<StepResult<HostTensor>>;
  /**
   * Scores on the selection split at the end of each epoch and of the run; null: no selection split. An InterruptedError
   * stops the run with a checkpoint of the step before, and the next start evaluates again.
   */
  readonly evaluate: ((params: Float32Array) => Promise<Pick<EpochScores, 'scores' | 'collapsed'>>) | null;
  /** The score that chooses the best epoch; larger is better. */
  readonly primaryMetric: string;
  /** What the method does between steps, with the gradients that the steps return; absent: nothing. */
  readonly betweenSteps?: BetweenSteps | undefined;
  /** Where checkpoints go, and what this run is told apart by; null: none are written or read. */
  readonly checkpoints: {
    readonly directory: string;
    readonly everySteps: number;
    readonly fingerprint: string;
  } | null;
  /** Stops the run at the next step, with a checkpoint. */
  readonly signal?: AbortSignal | undefined;
  readonly onStep?: ((info: StepInfo) => void) | undefined;
  readonly onEpoch?: ((info: EpochScores) => void) | undefined;
  /**
   * Shown the parameters after some steps, before the step's checkpoint is written; it keeps no reference to them. Taking
   * numbers changes nothing of the run. An InterruptedError stops the run as one of `evaluate` does; a start that goes on
   * from such a step shows it again.
   */
  readonly probe?:
    { readonly steps: ReadonlySet<number>; take(step: number, params: Float32Array): void | Promise<void> } | undefined;
  /** Told when a damaged checkpoint is put aside or a run is resumed. */
  readonly onNote?: ((note: string) => void) | undefined;
}

/** Thrown when the loss or a gradient is not a number: what follows would be noise. */
export class DivergenceError extends Error {
  override name = 'DivergenceError';
}

/** What a run has come to. */
export interface LoopResult extends Progress {
  /** Whether every step and every evaluation is done; else the signal stopped it. */
  readonly complete: boolean;
}

/**
 * Trains to the last step or until the signal, whichever comes first.
 *
 * A checkpoint is written every `everySteps` steps, on the signal and at the end; a run that finds one goes on from it
 * and ends with the same bits as one never stopped. A damaged checkpoint, or one of another run, is reported and the run
 * starts from scratch.
 *
 * @throws DivergenceError naming step and learning rate when a loss or gradient norm is not finite.
 */
export async function trainLoop(options: LoopOptions): Promise<LoopResult> {
  const { learningRates, checkpoints } = options;
  const steps = learningRates.length;
  const save = async (): Promise<void> => {
    if (checkpoints) await saveCheckpoint(checkpoints.directory, runOf(options, checkpoints), progress);
  };
  const before = await resumed(options);
  const progress = before ?? freshRun(options);
  try {
    // What a stop between a step and the end of its evaluation has left to do.
    if (before && (await measure(options, progress))) await save();
    while (progress.step < steps) {
      if (options.signal?.aborted) throw new InterruptedError();
      await takeStep(options, progress);
      await measure(options, progress);
      if (progress.step === steps || (checkpoints && progress.step % checkpoints.everySteps === 0)) await save();
      // Promises alone would starve signal handlers and messages on an engine that never waits.
      await nextTurn();
    }
  } catch (error) {
    if (!(error instanceof InterruptedError)) throw error;
    await save();
    return { ...progress, complete: false };
  }
  return { ...progress, complete: true };
}

function freshRun({ initial, slots, groups, betweenSteps }: LoopOptions): Progress {
  return freshProgress(freshState({ slots }, betweenSteps?.start?.(initial) ?? initial), groups, betweenSteps?.fresh());
}

async function takeStep(options: LoopOptions, progress: Progress): Promise<void> {
  const k = progress.step;
  const learningRate = options.learningRates[k]!;
  const started = performance.now();
  const result = await options.step(progress.state, k, learningRate);
  const loss = record(options, progress, result, learningRate);
  progress.state = stateAfter(options, progress, result);
  progress.step = k + 1;
  const seconds = (performance.now() - started) / 1000;
  progress.seconds.train += seconds;
  options.onStep?.({ step: k + 1, steps: options.learningRates.length, loss, learningRate, seconds });
}

/**
 * Measures what there is after the last step taken: the probe's numbers, and at the end of an epoch its scores, unless
 * they are there. Returns whether scores were added.
 */
async function measure(options: LoopOptions, progress: Progress): Promise<boolean> {
  const { step, epochs } = progress;
  if (options.probe?.steps.has(step)) await options.probe.take(step, floats(progress.state.params));
  const ends = step % options.stepsPerEpoch === 0 || step === options.learningRates.length;
  if (step === 0 || !ends || epochs.at(-1)?.step === step) return false;
  await evaluateEpoch(options, progress);
  return epochs.at(-1)?.step === step;
}

async function resumed(options: LoopOptions): Promise<Progress | null> {
  if (!options.checkpoints) return null;
  const of = runOf(options, options.checkpoints);
  try {
    const fresh = options.betweenSteps?.fresh();
    const progress = await loadCheckpoint(options.checkpoints.directory, of, options.initial.length, fresh);
    if (progress) options.onNote?.(`Resumed at step ${progress.step} of ${options.learningRates.length}.`);
    return progress;
  } catch (error) {
    if (!(error instanceof RecordError)) throw error;
    options.onNote?.(`${error.message} Training starts from scratch.`);
    return null;
  }
}

function runOf({ slots }: LoopOptions, { fingerprint }: { readonly fingerprint: string }): CheckpointOf {
  return { fingerprint, slots };
}

/** Appends a step's metrics to the curves and returns its loss. */
function record(
  options: LoopOptions,
  progress: Progress,
  result: StepResult<HostTensor>,
  learningRate: number,
): number {
  const { curves } = progress;
  const loss = floats(result.metrics.loss)[0] ?? Number.NaN;
  const norms = floats(result.metrics.gradientNorm);
  const factors = floats(result.metrics.clippingFactor);
  if (!Number.isFinite(loss) || !norms.every(Number.isFinite)) {
    const what = Number.isFinite(loss) ? `a gradient norm is not finite (${norms.join(', ')})` : `the loss is ${loss}`;
    throw new DivergenceError(
      `Training diverged at step ${progress.step} of ${options.learningRates.length} (counted from 0): ${what}, at learning ` +
        `rate ${learningRate}. Lower the learning rate, lengthen the warm-up or clip gradients.`,
    );
  }
  curves.loss.push(loss);
  curves.learningRate.push(learningRate);
  options.groups.forEach((group, i) => {
    curves.gradientNorm[group]!.push(norms[i]!);
    curves.clippingFactor[group]!.push(factors[i]!);
  });
  return loss;
}

/** The state after a step and what the method does after it. */
function stateAfter(
  { betweenSteps }: LoopOptions,
  progress: Progress,
  { state, gradient }: StepResult<HostTensor>,
): OptimizerState<HostTensor> {
  if (!betweenSteps) return state;
  if (!gradient) throw new Error('A method that acts between steps needs a step that returns its gradient.');
  const memory = progress.betweenSteps;
  const params = betweenSteps.after(memory, progress.step + 1, floats(state.params), floats(gradient));
  return { ...state, params: float32(params, [params.length]) };
}

async function evaluateEpoch(options: LoopOptions, progress: Progress): Promise<void> {
  if (!options.evaluate) return;
  const started = performance.now();
  const params = floats(progress.state.params);
  const evaluated = await options.evaluate(params).finally(() => {
    progress.seconds.evaluate += (performance.now() - started) / 1000;
  });
  const score = evaluated.scores[options.primaryMetric];
  if (score === undefined || !Number.isFinite(score)) {
    throw new Error(
      `The score '${options.primaryMetric}' on the selection split is ${score}; a finite number was expected.`,
    );
  }
  const info = { epoch: progress.step / options.stepsPerEpoch, step: progress.step, ...evaluated };
  progress.epochs.push(info);
  const eligible = options.betweenSteps?.settled(progress.step) ?? true;
  // An engine may reuse its buffers, so the best parameters are a copy.
  if (eligible && (!progress.best || score > progress.best.score))
    progress.best = { epoch: info.epoch, score, params: params.slice() };
  options.onEpoch?.(info);
}
