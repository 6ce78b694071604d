import { setImmediate as nextTurn } from 'node:timers/promises';
import { float32, floats, type HostTensor } from '@lomap/compile';
import type { BetweenSteps } from '@lomap/peft';
import { readResumeFile, writeResumeFile, type RunIdentity } from './resume-file.ts';
import { freshState, type OptimizerState } from './optimizers/optimizer.ts';
import { freshRunState, type EpochScores, type RunState } from './run-state.ts';
import { RecordError } from './record-file.ts';
import type { StepResult } from './step.ts';
import type { Tried } from './tryout.ts';
import { InterruptedError } from './watch.ts';

/** What the loop tells of a step just done, for run bars. */
export interface StepInfo {
  /** Steps done, of `steps`. */
  readonly step: number;
  readonly steps: number;
  readonly loss: number;
  readonly learningRate: number;
  /** Wall-clock seconds of the step, evaluation and saving left out. */
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
  /** @default the steps of an epoch */
  readonly evaluateEverySteps?: number | undefined;
  /** Runs step k = 0, 1, ... A function of its arguments alone. */
  step(state: OptimizerState<HostTensor>, k: number, learningRate: number): Promise<StepResult<HostTensor>>;
  /**
   * Scores on the selection split every `evaluateEverySteps` and at the end of the run; null: no selection split. An InterruptedError
   * stops the run with a resume file of the step before, and the next start evaluates again.
   */
  readonly evaluate: ((params: Float32Array) => Promise<Pick<EpochScores, 'scores' | 'collapsed'>>) | null;
  /** The score that chooses the best epoch. */
  readonly primaryMetric: string;
  /** Which of two of its values is the better one. @default 'larger' */
  readonly better?: 'larger' | 'smaller' | undefined;
  /**
   * The parameters to begin with, where they take steps to find; not asked of a run that resumes. Absent: `initial`.
   * An InterruptedError ends the run before its first step.
   */
  readonly begin?: (() => Promise<{ readonly params: Float32Array; readonly tried: Tried }>) | undefined;
  /** What the method does between steps, with the gradients that the steps return; absent: nothing. */
  readonly betweenSteps?: BetweenSteps | undefined;
  /** Where the resume file goes, and what this run is told apart by; null: none is written or read. */
  readonly resume: {
    readonly directory: string;
    readonly everySteps: number;
    readonly fingerprint: string;
  } | null;
  /** Stops the run at the next step, with a resume file. */
  readonly signal?: AbortSignal | undefined;
  readonly onStep?: ((info: StepInfo) => void) | undefined;
  readonly onEpoch?: ((info: EpochScores) => void) | undefined;
  /**
   * Shown the parameters after some steps, before the step's resume file is written; it keeps no reference to them. Taking
   * numbers changes nothing of the run. An InterruptedError stops the run as one of `evaluate` does; a start that goes on
   * from such a step shows it again.
   */
  readonly probe?:
    { readonly steps: ReadonlySet<number>; take(step: number, params: Float32Array): void | Promise<void> } | undefined;
  /** Told when a damaged resume file is put aside or a run is resumed. */
  readonly onNote?: ((note: string) => void) | undefined;
}

/** Thrown when the loss or a gradient is not a number: what follows would be noise. */
export class DivergenceError extends Error {
  override name = 'DivergenceError';
}

/** What a run has come to. */
export interface LoopResult extends RunState {
  /** Whether every step and every evaluation is done; else the signal stopped it. */
  readonly complete: boolean;
}

/**
 * Trains to the last step or until the signal, whichever comes first.
 *
 * A resume file is written every `everySteps` steps, on the signal and at the end; a run that finds one goes on from it
 * and ends with the same bits as one never stopped. A damaged one, or one of another run, is reported and the run
 * starts from scratch.
 *
 * @throws DivergenceError naming step and learning rate when a loss or gradient norm is not finite.
 */
export async function trainLoop(options: LoopOptions): Promise<LoopResult> {
  const { learningRates, resume } = options;
  const steps = learningRates.length;
  const before = await resumed(options);
  const begun = before ?? (await freshRun(options));
  if (begun === null) return { ...runFrom(options, options.initial), complete: false };
  const run = begun;
  const save = async (): Promise<void> => {
    if (resume) await writeResumeFile(resume.directory, identityOf(options, resume), run);
  };
  try {
    // What a stop between a step and the end of its evaluation has left to do.
    if (before && (await measure(options, run))) await save();
    while (run.step < steps) {
      if (options.signal?.aborted) throw new InterruptedError();
      await takeStep(options, run);
      await measure(options, run);
      if (run.step === steps || (resume && run.step % resume.everySteps === 0)) await save();
      // Promises alone would starve signal handlers and messages on an engine that never waits.
      await nextTurn();
    }
  } catch (error) {
    if (!(error instanceof InterruptedError)) throw error;
    await save();
    return { ...run, complete: false };
  }
  return { ...run, complete: true };
}

/** A run before its first step; null if it was stopped while it looked for its start. */
async function freshRun(options: LoopOptions): Promise<RunState | null> {
  if (!options.begin) return runFrom(options, options.initial);
  try {
    const { params, tried } = await options.begin();
    return { ...runFrom(options, params), tried };
  } catch (error) {
    if (!(error instanceof InterruptedError)) throw error;
    return null;
  }
}

function runFrom({ slots, groups, betweenSteps }: LoopOptions, params: Float32Array): RunState {
  return freshRunState(freshState({ slots }, betweenSteps?.start?.(params) ?? params), groups, betweenSteps?.fresh());
}

async function takeStep(options: LoopOptions, run: RunState): Promise<void> {
  const k = run.step;
  const learningRate = options.learningRates[k]!;
  const started = performance.now();
  const result = await options.step(run.state, k, learningRate);
  const loss = record(options, run, result, learningRate);
  run.state = stateAfter(options, run, result);
  run.step = k + 1;
  const seconds = (performance.now() - started) / 1000;
  run.seconds.train += seconds;
  options.onStep?.({ step: k + 1, steps: options.learningRates.length, loss, learningRate, seconds });
}

/**
 * Measures what there is after the last step taken: the probe's numbers, and at the end of an epoch (or so many steps) its
 * scores, unless they are there. Returns whether scores were added.
 */
async function measure(options: LoopOptions, run: RunState): Promise<boolean> {
  const { step, epochs } = run;
  if (options.probe?.steps.has(step)) await options.probe.take(step, floats(run.state.params));
  const every = options.evaluateEverySteps ?? options.stepsPerEpoch;
  const ends = step % every === 0 || step === options.learningRates.length;
  if (step === 0 || !ends || epochs.at(-1)?.step === step) return false;
  await evaluateEpoch(options, run);
  return epochs.at(-1)?.step === step;
}

async function resumed(options: LoopOptions): Promise<RunState | null> {
  if (!options.resume) return null;
  const of = identityOf(options, options.resume);
  try {
    const fresh = options.betweenSteps?.fresh();
    const run = await readResumeFile(options.resume.directory, of, options.initial.length, fresh);
    if (run) options.onNote?.(`Resumed at step ${run.step} of ${options.learningRates.length}.`);
    return run;
  } catch (error) {
    if (!(error instanceof RecordError)) throw error;
    options.onNote?.(`${error.message} Training starts from scratch.`);
    return null;
  }
}

function identityOf({ slots }: LoopOptions, { fingerprint }: { readonly fingerprint: string }): RunIdentity {
  return { fingerprint, slots };
}

/** Appends a step's metrics to the curves and returns its loss. */
function record(options: LoopOptions, run: RunState, result: StepResult<HostTensor>, learningRate: number): number {
  const { curves } = run;
  const loss = floats(result.metrics.loss)[0] ?? Number.NaN;
  const norms = floats(result.metrics.gradientNorm);
  const factors = floats(result.metrics.clippingFactor);
  if (!Number.isFinite(loss) || !norms.every(Number.isFinite)) {
    const what = Number.isFinite(loss) ? `a gradient norm is not finite (${norms.join(', ')})` : `the loss is ${loss}`;
    throw new DivergenceError(
      `Training diverged at step ${run.step} of ${options.learningRates.length} (counted from 0): ${what}, at learning ` +
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
  run: RunState,
  { state, gradient }: StepResult<HostTensor>,
): OptimizerState<HostTensor> {
  if (!betweenSteps) return state;
  if (!gradient) throw new Error('A method that acts between steps needs a step that returns its gradient.');
  const memory = run.betweenSteps;
  const params = betweenSteps.after(memory, run.step + 1, floats(state.params), floats(gradient));
  return { ...state, params: float32(params, [params.length]) };
}

async function evaluateEpoch(options: LoopOptions, run: RunState): Promise<void> {
  if (!options.evaluate) return;
  const started = performance.now();
  const params = floats(run.state.params);
  const evaluated = await options.evaluate(params).finally(() => {
    run.seconds.evaluate += (performance.now() - started) / 1000;
  });
  const score = evaluated.scores[options.primaryMetric];
  if (score === undefined || !Number.isFinite(score)) {
    throw new Error(
      `The score '${options.primaryMetric}' on the selection split is ${score}; a finite number was expected.`,
    );
  }
  const info = { epoch: run.step / options.stepsPerEpoch, step: run.step, ...evaluated };
  run.epochs.push(info);
  const eligible = options.betweenSteps?.settled(run.step) ?? true;
  // An engine may reuse its buffers, so the best parameters are a copy.
  const sign = options.better === 'smaller' ? -1 : 1;
  if (eligible && (!run.best || sign * score > sign * run.best.score))
    run.best = { epoch: info.epoch, score, params: params.slice() };
  options.onEpoch?.(info);
}
