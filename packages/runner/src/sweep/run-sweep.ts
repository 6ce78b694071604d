/** A whole sweep: search, choice, main trials; resuming what an earlier run left. */
import { hostname } from 'node:os';
import type { Sweep } from '../config/sweep.ts';
import { exitCodes } from '../errors.ts';
import type { Executor } from '../executors/executor.ts';
import { interruptedCode } from '../interruption.ts';
import { chooseLearningRates, type MethodChoice } from '../plan/choose.ts';
import { choiceKeys, countMain, planMain, planSearch, type Identity, type PlannedTrial } from '../plan/plan.ts';
import type { Progress } from '../progress/progress.ts';
import { recordAbout } from '../store/about.ts';
import { devRowsOf } from '../store/dev-rows.ts';
import { readFinished, withoutAdapter, type Finished } from '../store/finished.ts';
import { openJournal, readJournal, type Journal } from '../store/journal.ts';
import type { SweepPaths } from '../store/layout.ts';
import { acquireLock } from '../store/lock.ts';
import { makeFolder } from '../store/make-folder.ts';
import { manifestOf, planDifference, readManifest, writeManifest } from '../store/manifest.ts';
import { seenOf, type KeptSeen } from '../store/seen.ts';
import { foldJournal, hasDiverged, trialStatus } from '../store/states.ts';
import type { RunSettings } from './lease.ts';
import type { SweepQueue } from './queue.ts';
import { reclaim, withQueue } from './with-executor.ts';
import { searchAnswers } from './search-answers.ts';

export interface RunSweepOptions {
  readonly sweep: Sweep;
  readonly identity: Identity;
  readonly paths: SweepPaths;
  readonly run: RunSettings;
  /** The data's folder, where the rows of dev are counted. */
  readonly data: string;
  readonly retryFailed: boolean;
  readonly failFast: boolean;
  /** The command line, for the manifest and for the line that says how to go on. */
  readonly command: string;
  readonly executor: Executor;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

export interface SweepOutcome {
  readonly exitCode: number;
  /** Finished trials of the plan, and those that are not, by state. */
  readonly complete: number;
  readonly failed: readonly string[];
  readonly unfinished: number;
}

/**
 * Runs what is not finished yet. Throws a FailureError when another runner holds the sweep; a failed trial is part of
 * the outcome, not an exception.
 */
export async function runSweep(options: RunSweepOptions): Promise<SweepOutcome> {
  const { paths, executor, progress } = options;
  for (const path of [paths.results, paths.work]) makeFolder(path);
  const lost = new AbortController();
  const release = await acquireLock(paths.work, () => {
    progress.message('The lock on the sweep was lost (did the machine sleep?): stopping at the next step.');
    lost.abort();
  });
  const journal = openJournal(paths.journal);
  try {
    journal.append({ type: 'started', pid: process.pid, host: hostname(), command: options.command });
    await reclaim(options, foldJournal(readJournal(paths.journal)));
    const signal = AbortSignal.any([options.signal, lost.signal]);
    const outcome = await withQueue({ ...options, signal }, journal, (queue) =>
      new Run({ ...options, signal }, journal, queue).whole(),
    );
    const unfinished = signal.aborted ? 'interrupted' : 'failed';
    journal.append({ type: 'ended', outcome: outcome.exitCode === exitCodes.ok ? 'complete' : unfinished });
    return outcome;
  } finally {
    progress.end();
    await executor.close();
    journal.close();
    if (!lost.signal.aborted) await release();
  }
}

class Run {
  private readonly options: RunSweepOptions;
  private readonly journal: Journal;
  private readonly queue: SweepQueue;
  private readonly failed = new Map<string, string>();
  private readonly devRows: ReturnType<typeof devRowsOf>;
  private readonly seen: KeptSeen;
  private interrupted = false;
  private stopped: string | null = null;

  constructor(options: RunSweepOptions, journal: Journal, queue: SweepQueue) {
    this.options = options;
    this.journal = journal;
    this.queue = queue;
    this.devRows = devRowsOf(options.data, options.identity);
    this.seen = seenOf(options.paths);
  }

  async whole(): Promise<SweepOutcome> {
    const { sweep, identity, paths, progress } = this.options;
    const search = planSearch(sweep, identity);
    const before = readManifest(paths.manifest);
    const mainCount = countMain(sweep);
    const { results, problems } = await this.finished();
    for (const problem of problems) progress.message(`Not counted as finished: ${problem}`);
    if (problems.length > 0) {
      progress.message(
        `Such a trial of the plan runs again; what is there stays until then, and goes to ${paths.setAside}.`,
      );
    }

    const { length } = this.options.run.keepAdapters ? withoutAdapter(paths, { results }) : [];
    if (length > 0) {
      progress.message(
        `${length} finished trials ran without --keep-adapters and have none; remove their folders to train them again.`,
      );
    }

    let choices = this.choose(search, results);
    let main = planMain(sweep, identity, choices);
    const known = [...search, ...main];
    progress.begin({
      total: search.length + mainCount,
      done: known.filter((t) => results.has(t.id)).length,
      jobs: this.options.executor.width,
    });
    const difference = planDifference(before, known);
    if (difference) progress.message(difference);
    this.manifest(known);
    await this.about(known, results);

    if (search.length > 0 && (await this.stage(search))) {
      choices = this.choose(search, (await this.finished()).results);
      main = planMain(sweep, identity, choices);
      this.announce(choices);
      this.manifest([...search, ...main]);
    }
    if (this.stopped === null) await this.stage(main);
    return this.outcome([...search, ...main], search.length + mainCount);
  }

  /** A trial that lacks something is not finished: its rows on dev are counted against the data's. */
  private async finished(): Promise<Finished> {
    const { paths, run } = this.options;
    const { devRows, seen } = this;
    const finished = await readFinished(paths, { adapters: run.keepAdapters, devRows, seen });
    seen.save();
    return finished;
  }

  private choose(
    search: readonly PlannedTrial[],
    results: Parameters<typeof searchAnswers>[1],
  ): Map<string, MethodChoice> {
    const states = foldJournal(readJournal(this.options.paths.journal));
    return chooseLearningRates(this.options.sweep, search, searchAnswers(search, results, states));
  }

  private announce(choices: ReadonlyMap<string, MethodChoice>): void {
    for (const [label, { learningRate, points, notes }] of choices) {
      const curve = points.map((point) => ({ learningRate: point.learningRate, score: point.score }));
      this.journal.append({ type: 'choice', label, learningRate, points: curve });
      this.options.progress.message(`${label}: ${notes.join('; ')}.`);
    }
    for (const key of choiceKeys(this.options.sweep)) {
      if (!choices.has(key))
        this.options.progress.message(`${key}: its search is not complete, so its trials are not planned yet.`);
    }
  }

  private async about(trials: readonly PlannedTrial[], finished: { has(id: string): boolean }): Promise<void> {
    const { paths, progress, sweep } = this.options;
    const states = foldJournal(readJournal(paths.journal));
    for (const problem of await recordAbout(paths.results, sweep.question, trials, states, finished))
      progress.message(problem);
  }

  private manifest(trials: readonly PlannedTrial[]): void {
    const { sweep, command, paths } = this.options;
    writeManifest(paths.manifest, manifestOf(sweep.name, command, trials));
  }

  /** Runs what is left of these trials; whether the sweep goes on after them. */
  private async stage(trials: readonly PlannedTrial[]): Promise<boolean> {
    const { paths, progress, retryFailed, signal } = this.options;
    const { results } = await this.finished();
    const states = foldJournal(readJournal(paths.journal));
    const left = trials.flatMap((trial) => {
      const status = trialStatus(trial.id, states, results, false);
      return status.state === 'complete' ? [] : [{ trial, status }];
    });
    const resting = left.filter(({ status }) => status.state === 'failed' && !retryFailed);
    const waitingForRetry = resting.filter(({ trial, status }) => trial.purpose === 'main' || !hasDiverged(status));
    for (const { trial, status } of waitingForRetry)
      this.failed.set(trial.id, `${trial.folder}: ${status.error ?? 'failed'}`);
    if (waitingForRetry.length > 0) {
      progress.message(
        `${waitingForRetry.length} failed before and wait for --retry-failed: ${waitingForRetry.map(({ trial }) => trial.folder).join(', ')}`,
      );
    }
    const now = left.filter((entry) => !resting.includes(entry));
    const jobs = now.map(({ trial, status }) => ({
      trial,
      attempts: status.attempts,
      fresh: status.state === 'failed',
    }));
    const { outcomes, stopped } = await this.queue.run(jobs);
    for (const { trial } of now) {
      const outcome = outcomes.get(trial.id);
      if (outcome?.type === 'failed') this.failed.set(trial.id, `${trial.folder}: ${outcome.error.message}`);
    }
    this.stopped = stopped;
    if (stopped !== null && !signal.aborted) progress.message(stopped);
    this.interrupted = signal.aborted;
    return stopped === null;
  }

  private async outcome(known: readonly PlannedTrial[], planned: number): Promise<SweepOutcome> {
    const { results } = await this.finished();
    await this.about(known, results);
    const complete = known.filter((trial) => results.has(trial.id)).length;
    const states = foldJournal(readJournal(this.options.paths.journal));
    // A search trial that diverged has said what it was asked: that learning rate is too high.
    const answered = known.filter(({ id, purpose }) => {
      const status = states.get(id);
      return purpose === 'search' && status !== undefined && hasDiverged(status);
    });
    for (const trial of answered) this.failed.delete(trial.id);
    const unfinished = planned - complete - answered.filter((trial) => !results.has(trial.id)).length;
    const stopped = this.interrupted ? interruptedCode(this.options.signal) : exitCodes.failure;
    const exitCode = unfinished === 0 ? exitCodes.ok : stopped;
    return { exitCode, complete, failed: [...this.failed.values()], unfinished };
  }
}
