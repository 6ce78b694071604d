/** Runs planned trials on an executor, some at a time, and writes every change of state to the journal. */
import { rmSync, writeFileSync } from 'node:fs';
import { exhaustedCodes, FailureError, messageOf } from '../errors.ts';
import type { PlannedTrial } from '../plan/plan.ts';
import type { Progress } from '../progress/progress.ts';
import type { Journal } from '../store/journal.ts';
import { writeJson } from '../store/json-file.ts';
import { trialPaths, type SweepPaths } from '../store/layout.ts';
import type { Assignment, Outcome, TrialError } from '../worker/messages.ts';
import { takeNext } from './next-job.ts';
import type { Executor } from './pool.ts';

/** A trial to run now. */
export interface Job {
  readonly trial: PlannedTrial;
  /** How often it was started before. */
  readonly attempts: number;
  /** Whether to forget its checkpoint: a failed trial starts anew. */
  readonly fresh: boolean;
}

/** What every trial of a run shares. */
export type RunSettings = Pick<
  Assignment,
  'sweep' | 'threads' | 'provenance' | 'checkpointEverySteps' | 'ownProcess' | 'keepAdapters'
> & {
  readonly model: string;
  readonly data: string;
  readonly cache: string;
};

export interface RunTrialsOptions {
  readonly jobs: number;
  readonly paths: SweepPaths;
  readonly run: RunSettings;
  readonly executor: Executor;
  readonly journal: Journal;
  readonly progress: Progress;
  readonly failFast: boolean;
  readonly signal: AbortSignal;
}

/** Equal errors after which the rest would fail in the same way. */
const EQUAL_ERRORS = 3;

/** How the trials that ran ended, by id. Those not in it never started. */
export interface RunTrialsResult {
  readonly outcomes: Map<string, Outcome>;
  /** Why no further trials were started; null when all were. */
  readonly stopped: string | null;
}

/**
 * Runs the jobs, `jobs` at a time, a seed after the other (`takeNext`). One failed trial does not stop the others, unless `failFast`, a full disk
 * or three equal errors. On the signal running trials stop at their next step.
 */
export async function runTrials(queue: readonly Job[], options: RunTrialsOptions): Promise<RunTrialsResult> {
  const { executor, signal } = options;
  const outcomes = new Map<string, Outcome>();
  const equal = new Map<string, number>();
  const pending = [...queue];
  let stopped: string | null = null;
  const broken: Error[] = [];

  const stop = (why: string): void => {
    if (stopped !== null) return;
    stopped = why;
    executor.stop();
  };
  const onAbort = (): void => stop('interrupted');
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();

  const lanes = Array.from({ length: Math.min(options.jobs, queue.length) }, () => new Set<string>());
  const lane = async (_: unknown, own: number): Promise<void> => {
    try {
      const next = (): Job | undefined => takeNext(pending, own, lanes);
      for (let job = next(); job && stopped === null; job = next()) {
        const outcome = await runOne(job, options);
        outcomes.set(job.trial.id, outcome);
        const why = reasonToStop(outcome, job.trial, equal, options.failFast);
        if (why !== null) stop(why);
      }
    } catch (error) {
      // The runner's own files: without a journal nothing more is started, and what runs is checkpointed.
      broken.push(asError(error));
      stop(messageOf(error));
    }
  };
  await Promise.all(lanes.map(lane));
  signal.removeEventListener('abort', onAbort);
  if (broken[0]) throw broken[0];
  return { outcomes, stopped };
}

async function runOne(job: Job, options: RunTrialsOptions): Promise<Outcome> {
  const { trial } = job;
  const { journal, progress, executor } = options;
  const paths = trialPaths(options.paths, trial.folder);
  const { model, data, cache, ...shared } = options.run;
  const attempt = job.attempts + 1;
  if (job.fresh) rmSync(paths.checkpoint, { recursive: true, force: true });
  writeJson(paths.settings, trial.settings);
  const assignment: Assignment = {
    ...shared,
    id: trial.id,
    folder: trial.folder,
    purpose: trial.purpose,
    settings: trial.settings,
    notes: [...trial.notes],
    attempt,
    paths: {
      model,
      data,
      cache,
      checkpoint: paths.checkpoint,
      heartbeat: paths.heartbeat,
      staging: paths.staging,
      result: paths.result,
      setAside: options.paths.setAside,
    },
  };
  const entry = { type: 'trial', id: trial.id, folder: trial.folder, attempt } as const;
  const started = performance.now();
  progress.trialStarted(trial, attempt);
  const unwritten: Error[] = [];
  const reported = await executor.run(
    assignment,
    paths.log,
    (pid) => {
      try {
        journal.append({ ...entry, state: 'running', pid });
      } catch (error) {
        unwritten.push(asError(error));
      }
    },
    (report) => progress.trialReported(trial, report),
  );
  const outcome = fullDiskInterrupts(reported);
  progress.trialEnded(trial, outcome, (performance.now() - started) / 1000);
  const error = outcome.type === 'complete' ? undefined : outcome.error;
  if (error) tryWrite(paths.error, `attempt ${attempt}: ${error.message}\n\n${error.stack ?? ''}\n`);
  if (outcome.type === 'complete') {
    // What a finished trial keeps of its work: settings.json and log.txt.
    for (const path of [paths.checkpoint, paths.heartbeat, paths.error]) rmSync(path, { recursive: true, force: true });
  }
  if (unwritten[0]) throw unwritten[0];
  journal.append({ ...entry, state: outcome.type, ...(error && { error: error.message, errorName: error.name }) });
  return outcome;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new FailureError(messageOf(error));
}

/** A full disk is no fault of the trial: it goes on at the next start, without --retry-failed. */
function fullDiskInterrupts(outcome: Outcome): Outcome {
  return outcome.type === 'failed' && isExhausted(outcome.error)
    ? { type: 'interrupted', error: outcome.error }
    : outcome;
}

function isExhausted({ code }: TrialError): boolean {
  return code !== null && exhaustedCodes.has(code);
}

/** Why nothing more should be started after this outcome; null to go on. */
function reasonToStop(
  outcome: Outcome,
  trial: PlannedTrial,
  equal: Map<string, number>,
  failFast: boolean,
): string | null {
  if (outcome.type === 'complete' || !outcome.error) return null;
  const { error } = outcome;
  if (isExhausted(error)) return 'Stopped: there is no space to write to. Free some and start the same command again.';
  if (outcome.type === 'interrupted') return null;
  if (failFast) return `Stopped at the first failure (--fail-fast): ${error.message}`;
  // A learning rate that diverges is a finding about that trial, not a fault that the others share.
  if (error.name === 'DivergenceError') return null;
  const kind = `${error.name}: ${error.message}`.replaceAll(trial.folder, '').replaceAll(/\d+/g, '#');
  const count = (equal.get(kind) ?? 0) + 1;
  equal.set(kind, count);
  return count >= EQUAL_ERRORS ? `Stopped after ${count} equal errors: ${error.message}` : null;
}

function tryWrite(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch {
    // The journal has the message too.
  }
}
