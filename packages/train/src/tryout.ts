import { floats, type HostTensor } from '@lomap/compile';
import type { Place, Tryout } from '@lomap/peft';
import { freshState, type OptimizerState } from './optimizers/optimizer.ts';
import { totalSteps } from './schedule.ts';
import type { StepResult } from './step.ts';
import { InterruptedError } from './watch.ts';

/** What trying starts came to. */
export interface Tried {
  /** The training loss of each start on the batch after its steps; null where it was not finite. */
  readonly losses: readonly (number | null)[];
  /** Which of them the run began with: the lowest loss, the earliest of equals. */
  readonly chosen: number;
  /** Steps of the budget that it took. */
  readonly steps: number;
}

/** Steps of a run's budget that go into trying: each start's, and the one whose loss is compared. */
function tryoutSteps(tryout: Tryout | undefined): number {
  return tryout ? tryout.starts.length * (tryout.steps + 1) : 0;
}

/**
 * Optimizer steps of a run by these settings, those left of its budget after trying starts.
 *
 * @throws RangeError where trying takes them all.
 */
export function trainingSteps(
  rows: number,
  settings: Parameters<typeof totalSteps>[1],
  { tryout }: { readonly tryout?: Tryout | undefined },
): number {
  const budget = totalSteps(rows, settings);
  const steps = budget - tryoutSteps(tryout);
  if (!tryout || steps >= 1) return steps;
  throw new RangeError(
    `Trying ${tryout.starts.length} starts for ${tryout.steps} steps takes ${tryoutSteps(tryout)} of the run's ${budget} ` +
      'steps, and none are left. Train longer, or try them for fewer steps.',
  );
}

/** The run that starts are tried in. */
export interface TryoutRun {
  readonly initial: Float32Array;
  readonly slots: readonly string[];
  readonly places: ReadonlyMap<string, Place>;
  readonly learningRates: readonly number[];
  step(state: OptimizerState<HostTensor>, k: number, learningRate: number): Promise<StepResult<HostTensor>>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Trains each start for the tryout's steps, all on the batches, dropout masks and learning rates of the run's first steps,
 * and compares the losses of the next batch.
 *
 * @throws InterruptedError on the signal: it is tried again from its beginning, to the same choice.
 */
export async function tryStarts(
  tryout: Tryout,
  run: TryoutRun,
): Promise<{ readonly params: Float32Array; readonly tried: Tried }> {
  const starts = tryout.starts.map((start) => start.at(run.places, run.initial));
  const losses: (number | null)[] = [];
  for (const params of starts) {
    let state = freshState(run, params);
    for (let k = 0; k < tryout.steps; k++) state = (await stepOf(run, state, k)).state;
    const loss = floats((await stepOf(run, state, tryout.steps)).metrics.loss)[0]!;
    losses.push(Number.isFinite(loss) ? loss : null);
  }
  const lowest = Math.min(...losses.map((loss) => loss ?? Number.POSITIVE_INFINITY));
  const chosen = Math.max(0, losses.indexOf(lowest));
  return { params: starts[chosen]!, tried: { losses, chosen, steps: tryoutSteps(tryout) } };
}

async function stepOf(run: TryoutRun, state: OptimizerState<HostTensor>, k: number): Promise<StepResult<HostTensor>> {
  if (run.signal?.aborted) throw new InterruptedError();
  return run.step(state, k, run.learningRates[Math.min(k, run.learningRates.length - 1)]!);
}
