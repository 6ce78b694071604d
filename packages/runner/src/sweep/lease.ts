/** A trial that an executor took: what it says goes to journal, log and progress, and its result to its place. */
import { appendFileSync, createWriteStream, rmSync, writeFileSync, type WriteStream } from 'node:fs';
import type { Ending, Lease, Place } from '../executors/executor.ts';
import type { PlannedTrial } from '../plan/plan.ts';
import type { Progress } from '../progress/progress.ts';
import { commitResult } from '../store/commit.ts';
import type { Journal } from '../store/journal.ts';
import { writeJson } from '../store/json-file.ts';
import { trialPaths, type SweepPaths, type TrialPaths } from '../store/layout.ts';
import type { Assignment, TrialReport } from '../worker/messages.ts';
import { trialError } from '../worker/trial-error.ts';
import { fullDiskInterrupts, outcomeOf, type Outcome } from './outcome.ts';

/** A trial to run now. */
export interface Job {
  readonly trial: PlannedTrial;
  /** How often it was started before. */
  readonly attempts: number;
  /** Whether to forget what it left: a failed trial starts anew. */
  readonly fresh: boolean;
}

/** What every trial of a run shares. */
export type RunSettings = Pick<
  Assignment,
  'sweep' | 'provenance' | 'checkpointEverySteps' | 'ownProcess' | 'keepAdapters'
>;

/** Whom a lease tells. */
export interface LeaseContext {
  readonly paths: SweepPaths;
  readonly run: RunSettings;
  readonly journal: Journal;
  readonly progress: Progress;
  /** The lease is over, and written down. */
  ended(lease: RunnersLease, outcome: Outcome, lost: boolean): void;
  /** The runner's own files cannot be written. */
  broken(error: unknown): void;
}

export class RunnersLease implements Lease {
  readonly job: Job;
  readonly assignment: Assignment;
  readonly signal: AbortSignal;
  private readonly context: LeaseContext;
  private readonly stopping = new AbortController();
  private readonly paths: TrialPaths;
  private readonly taken = performance.now();
  private log: WriteStream | null = null;
  private startedAt: number | null = null;
  private over = false;

  /** Writes the trial's settings into its work folder. @throws an error of the system when that cannot be done. */
  constructor(job: Job, context: LeaseContext) {
    const { trial, attempts, fresh } = job;
    this.job = job;
    this.context = context;
    this.signal = this.stopping.signal;
    this.paths = trialPaths(context.paths, trial.folder);
    const { checkpoint, staging, settings } = this.paths;
    if (fresh) for (const path of [checkpoint, staging]) rmSync(path, { recursive: true, force: true });
    writeJson(settings, trial.settings);
    this.assignment = {
      ...context.run,
      ...{ id: trial.id, folder: trial.folder, purpose: trial.purpose, settings: trial.settings },
      ...{ notes: [...trial.notes], attempt: attempts + 1 },
    };
  }

  get checkpoint(): string {
    return this.paths.checkpoint;
  }

  get staging(): string {
    return this.paths.staging;
  }

  started(place: Place): void {
    if (this.over) return;
    const first = this.startedAt === null;
    this.startedAt ??= performance.now();
    try {
      this.write({ state: 'running', place });
    } catch (error) {
      this.context.broken(error);
    }
    if (first) this.context.progress.trialStarted(this.job.trial, this.assignment.attempt, place);
  }

  report(report: TrialReport): void {
    if (this.over) return;
    if (report.type === 'note') this.note(report.text);
    this.context.progress.trialReported(this.job.trial, report);
  }

  print(text: string | Uint8Array): void {
    if (this.over) return;
    if (!this.log) {
      this.log = createWriteStream(this.paths.log, { flags: 'a' });
      this.log.on('error', () => {}); // A full disk: the trial's own error tells.
    }
    this.log.write(text);
  }

  /** Asks for the end at the next step. */
  stop(): void {
    this.stopping.abort();
  }

  async end(ending: Ending): Promise<void> {
    if (this.over) return;
    this.over = true;
    this.log?.end();
    const { trial } = this.job;
    try {
      const outcome = fullDiskInterrupts(await this.outcomeOf(ending));
      const seconds = (performance.now() - (this.startedAt ?? this.taken)) / 1000;
      this.context.progress.trialEnded(trial, outcome, seconds);
      this.settle(outcome);
      this.context.ended(this, outcome, ending.type === 'lost');
    } catch (error) {
      this.context.broken(error);
      this.context.ended(this, { type: 'interrupted', error: trialError(error) }, false);
    }
  }

  private async outcomeOf(ending: Ending): Promise<Outcome> {
    if (ending.type === 'lost') return { type: 'interrupted', error: ending.error };
    if (ending.type !== 'complete') return ending;
    try {
      const { folder } = ending;
      const { result, aside } = await commitResult(folder, this.job.trial.id, this.paths, this.context.paths.setAside);
      if (aside !== null) this.note(`what stood in its place is in ${aside}`);
      return outcomeOf(result.trial);
    } catch (error) {
      // What the system refuses is no fault of the trial: its result waits for the next start.
      const told = trialError(error);
      return { type: told.code === null ? 'failed' : 'interrupted', error: told };
    }
  }

  private settle(outcome: Outcome): void {
    if (outcome.type === 'complete') clearWork(this.paths);
    const error = outcome.type === 'complete' ? undefined : outcome.error;
    if (error)
      tryWrite(this.paths.error, `attempt ${this.assignment.attempt}: ${error.message}\n\n${error.stack ?? ''}\n`);
    this.write({ state: outcome.type, ...(error && { error: error.message, errorName: error.name }) });
  }

  private write(event: {
    readonly state: 'running' | Outcome['type'];
    readonly place?: Place;
    readonly error?: string;
    readonly errorName?: string;
  }): void {
    const { id, folder, attempt } = this.assignment;
    this.context.journal.append({ type: 'trial', id, folder, attempt, ...event });
  }

  private note(text: string): void {
    try {
      appendFileSync(this.paths.log, `${text}\n`);
    } catch {
      // A display, not a result.
    }
  }
}

/** Removes what a finished trial does not keep of its work: all but settings.json and log.txt. */
export function clearWork({ checkpoint, heartbeat, error }: TrialPaths): void {
  for (const path of [checkpoint, heartbeat, error]) rmSync(path, { recursive: true, force: true });
}

function tryWrite(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch {
    // The journal has the message too.
  }
}
