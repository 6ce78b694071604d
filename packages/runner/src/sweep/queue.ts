/** The trials of a sweep that wait, and those that executors have. */
import { MOST_LOSSES, type Affinity, type Lease, type TrialQueue } from '../executors/executor.ts';
import { FailureError, messageOf } from '../errors.ts';
import { recover } from '../store/commit.ts';
import { trialPaths } from '../store/layout.ts';
import { clearWork, RunnersLease, type Job, type LeaseContext } from './lease.ts';
import { takeNext } from './next-job.ts';
import { outcomeOf, reasonsToStop, type Outcome } from './outcome.ts';

export interface QueueOptions extends Omit<LeaseContext, 'ended' | 'broken'> {
  readonly failFast: boolean;
  readonly signal: AbortSignal;
}

/** How the trials of one call ended, by id. Those not in it never started. */
export interface Ran {
  readonly outcomes: Map<string, Outcome>;
  /** Why no further trials were started; null when all were. */
  readonly stopped: string | null;
}

/** A worker that waits. */
interface Waiting {
  readonly affinity: Affinity;
  readonly give: (lease: Lease | null) => void;
}

/**
 * Gives out trials, a seed after the other (`takeNext`). One failed trial does not stop the others, unless `failFast`, a
 * full disk or three equal errors. On the signal running trials stop at their next step.
 */
export class SweepQueue implements TrialQueue {
  private readonly options: QueueOptions;
  private readonly reasonToStop: ReturnType<typeof reasonsToStop>;
  private readonly pending: Job[] = [];
  /** Leases that have not ended, and the workers that have them. */
  private readonly out = new Map<RunnersLease, string>();
  private readonly waiting: Waiting[] = [];
  /** The labels of the methods that each worker has run. */
  private readonly claims = new Map<string, Set<string>>();
  private readonly losses = new Map<string, number>();
  private outcomes = new Map<string, Outcome>();
  private settled: (() => void) | null = null;
  private stopped: string | null = null;
  private failure: Error | null = null;
  private closed = false;

  constructor(options: QueueOptions) {
    this.options = options;
    this.reasonToStop = reasonsToStop(options.failFast);
    if (options.signal.aborted) this.stop('interrupted');
    else options.signal.addEventListener('abort', () => this.stop('interrupted'), { once: true });
  }

  /**
   * Runs these trials; one call after another. Those whose result an earlier runner was handed and did not commit are
   * committed, and run no more.
   *
   * @throws an error of the runner's own files, or the executor's when it gave up, once nothing runs any more.
   */
  async run(jobs: readonly Job[]): Promise<Ran> {
    this.outcomes = new Map();
    for (const job of jobs) if (this.stopped === null && !(await this.recoveredOrBroken(job))) this.pending.push(job);
    const over = new Promise<void>((resolve) => (this.settled = resolve));
    this.serve();
    await over;
    if (this.failure) throw this.failure;
    return { outcomes: this.outcomes, stopped: this.stopped };
  }

  take(affinity: Affinity): Promise<Lease | null> {
    return new Promise((give) => {
      this.waiting.push({ affinity, give });
      this.serve();
    });
  }

  /** Nothing more is started; what runs stops at its next step. The first reason counts. */
  stop(why: string): void {
    if (this.stopped !== null) return;
    this.stopped = why;
    for (const lease of this.out.keys()) lease.stop();
    this.serve();
  }

  /** No more trials will come. */
  close(): void {
    this.closed = true;
    this.serve();
  }

  /**
   * The executor runs nothing more. What it did not end is interrupted, and what waits is left for another start.
   *
   * @param error why; null where it did not say.
   */
  async abandoned(error: unknown): Promise<void> {
    const asked = this.closed || this.stopped !== null;
    if (error !== null || !asked) this.broken(error ?? new FailureError('The executor ended before the trials did.'));
    for (const lease of [...this.out.keys()]) await lease.end({ type: 'interrupted' });
  }

  /** Gives what there is to those that wait, and says when nothing is left to be done. */
  private serve(): void {
    const ends = this.closed || this.stopped !== null;
    if (ends) this.pending.length = 0;
    while (this.waiting.length > 0 && (ends || this.pending.length > 0)) {
      const { affinity, give } = this.waiting.shift()!;
      give(ends ? null : this.lease(affinity));
    }
    if (this.pending.length === 0 && this.out.size === 0) this.settled?.();
  }

  private lease({ worker }: Affinity): Lease | null {
    const job = takeNext(this.pending, worker, this.claims);
    if (!job) return null;
    try {
      const { paths, run, journal, progress } = this.options;
      const ended = this.ended.bind(this);
      const broken = this.broken.bind(this);
      const lease = new RunnersLease(job, { paths, run, journal, progress, ended, broken });
      this.out.set(lease, worker);
      return lease;
    } catch (error) {
      this.broken(error);
      return null;
    }
  }

  private ended(lease: RunnersLease, outcome: Outcome, lost: boolean): void {
    // What a lost worker kept is lost too.
    if (lost) this.claims.delete(this.out.get(lease) ?? '');
    this.out.delete(lease);
    const { trial } = lease.job;
    const losses = (this.losses.get(trial.id) ?? 0) + 1;
    if (lost && losses <= MOST_LOSSES && this.stopped === null) {
      this.losses.set(trial.id, losses);
      this.pending.unshift({ trial, attempts: lease.assignment.attempt, fresh: false });
    } else {
      this.outcomes.set(trial.id, outcome);
      const why = this.reasonToStop(outcome, trial.folder);
      if (why !== null) this.stop(why);
    }
    this.serve();
  }

  /** Without a journal nothing more is started, and what runs is checkpointed. */
  private broken(error: unknown): void {
    this.failure ??= error instanceof Error ? error : new FailureError(messageOf(error));
    this.stop(messageOf(error));
  }

  private async recoveredOrBroken(job: Job): Promise<boolean> {
    try {
      return await this.recovered(job);
    } catch (error) {
      this.broken(error);
      return true;
    }
  }

  /** Also of a trial that starts anew: a whole result is its answer. */
  private async recovered({ trial, attempts }: Job): Promise<boolean> {
    const { paths: sweep, run, progress, journal } = this.options;
    const { id, folder } = trial;
    const paths = trialPaths(sweep, folder);
    const found = await recover(trial, paths, sweep.setAside, run.keepAdapters === true);
    if (!found) return false;
    const outcome = outcomeOf(found.result.trial);
    clearWork(paths);
    progress.trialEnded(trial, outcome, found.result.measured.seconds['total'] ?? 0);
    journal.append({ type: 'trial', id, folder, attempt: attempts, state: 'complete' });
    this.outcomes.set(id, outcome);
    return true;
  }
}
