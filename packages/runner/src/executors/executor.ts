/**
 * What runs trials: processes of this machine, jobs of a cluster, workers behind a queue. A sweep knows no more of them
 * than this file.
 *
 * The runner has a queue of trials, plans, journal and results. An executor *pulls*: whoever is free takes a trial and gets
 * a lease on it, says where it runs and what it does, and ends the lease in one of four ways. It never touches the
 * results folder: it hands over a folder with all of a trial's files, and the runner checks and commits it.
 *
 * What an executor may count on:
 *
 * - A trial is a function of its assignment. Run twice, or on two machines at once, it gives the same bytes, apart from
 *   what was measured; so an executor that is in doubt about a worker may give it up.
 * - `end` never throws, and counts once. What is said on a lease that has ended is ignored, so that a worker that was
 *   given up for lost, and comes back with a result, does no harm.
 * - The runner may be killed at any time. What was handed over before is kept: a whole result that was not committed is
 *   found at the next start, and an unfinished trial goes on from its last checkpoint.
 */
import type { Assignment, TrialError, TrialReport, WorkerStart } from '../worker/messages.ts';

/** Where a trial runs. It is written to the journal before anything else is. */
export interface Place {
  /** The name of the executor: `local`. */
  readonly kind: string;
  /** What the executor knows it by: the number of a process, of a job, of a worker. */
  readonly id: string;
  readonly host: string;
}

/** Who takes a trial. */
export interface Affinity {
  /**
   * A name of the worker's own, the same at every take. A worker keeps the compiled functions of the methods that it has
   * run, so it is given more of those (`sweep/next-job.ts`). One that takes the place of another may have its name.
   */
  readonly worker: string;
}

/** How a lease ends. */
export type Ending =
  /** The folder has a trial's files, whole, on this machine: `result.json` and what belongs to it (`stageResult`). */
  | { readonly type: 'complete'; readonly folder: string }
  /** The trial's own error. It runs again with --retry-failed alone, from its beginning. */
  | { readonly type: 'failed'; readonly error: TrialError }
  /** Stopped at a checkpoint, or (with an error) ended from outside. The next start of the sweep goes on with it. */
  | { readonly type: 'interrupted'; readonly error?: TrialError | undefined }
  /**
   * Its worker is gone, and another could go on: a lease ran out, a node failed, a job was preempted. The trial goes back
   * into the queue, before all others, and from its last checkpoint; after `MOST_LOSSES` in one run it is interrupted.
   */
  | { readonly type: 'lost'; readonly error: TrialError };

/** A trial that was taken. */
export interface Lease {
  /** Names and hashes alone: a worker knows by itself where it has such a model and such data. */
  readonly assignment: Assignment;
  /** Aborted when the trial shall stop at its next step, with a checkpoint, and the lease end as `interrupted`. */
  readonly signal: AbortSignal;
  /**
   * The folder, on this machine, with the trial's last checkpoint, and where a newer one goes. Workers that share it need
   * nothing more; an executor whose workers do not carries it there and back.
   */
  readonly checkpoint: string;
  /** A folder, on this machine, for the files of a result that was made where this machine's folders are not seen. */
  readonly staging: string;
  /** The trial runs, or runs elsewhere than before. A lease may wait before: a job in a cluster's queue. */
  started(place: Place): void;
  report(report: TrialReport): void;
  /** What the worker printed: it goes to the trial's log. */
  print(text: string | Uint8Array): void;
  /** Resolves when the trial's result is committed, or its end written down. */
  end(ending: Ending): Promise<void>;
}

/** The trials that wait, seen from an executor. */
export interface TrialQueue {
  /**
   * The next trial for this worker. Waits while none is there and more may come: the main trials of a sweep are planned
   * when its search is finished, and a lost trial comes back. Null when no more will come, or the sweep stops.
   */
  take(affinity: Affinity): Promise<Lease | null>;
}

export interface Executor {
  /** As --executor names it; the `kind` of its places. */
  readonly name: string;
  /** How many trials it runs at a time, at most: for the bars and the time that is left. */
  readonly width: number;
  /**
   * Sees to it that nothing of a runner that was killed still writes. Called once, when this runner holds the lock on the
   * sweep and has given out nothing yet.
   *
   * @param orphans this executor's places of trials that were running when the last runner ended.
   */
  reclaim(orphans: readonly Place[]): Promise<void>;
  /**
   * Takes trials until the queue gives null. Resolves when every lease has ended. Called once.
   *
   * @throws FailureError or UsageError when it can run nothing more: what it still has is interrupted, and the sweep ends
   *   with that message.
   */
  run(queue: TrialQueue): Promise<void>;
  /** Ends everything at once, before it returns as far as that is possible: somebody pressed Ctrl-C twice. */
  kill(): void;
  /** Gives back what it holds. Nothing runs any more. */
  close(): Promise<void>;
}

/** What an executor is opened with. */
export interface ExecutorContext {
  /** What every worker is told once, with folders of this machine. */
  readonly start: WorkerStart;
  /** Trials at a time, as --jobs or the number of cores says. */
  readonly jobs: number;
  /** GPUs that trials are dealt to; none: every worker sees what the runner sees. */
  readonly gpus: readonly number[];
  /** The site's own settings of this executor, unchecked; empty where there are none. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** How often a trial may lose its worker in one run of a sweep before it is left for the next. */
export const MOST_LOSSES = 3;
