import { join } from 'node:path';

/** Where a sweep keeps its results (kept, committed) and its work in progress (not). */
export interface SweepPaths {
  readonly results: string;
  readonly work: string;
  readonly manifest: string;
  readonly journal: string;
  /** What was in the way of a trial's result, or was left by a worker and is not whole. */
  readonly setAside: string;
}

/** What lies in a trial's folder of the work. */
export interface WorkPaths {
  readonly settings: string;
  readonly log: string;
  readonly error: string;
  readonly heartbeat: string;
  readonly checkpoint: string;
  /** Where a worker leaves a finished trial's files. */
  readonly staging: string;
}

export interface TrialPaths extends WorkPaths {
  readonly work: string;
  /** Where the runner puts those files. */
  readonly result: string;
}

/** results/<name> and runs/<name> of the workspace, or `out` and `out`/.work. */
export function sweepPaths(workspace: string, name: string, out: string | null): SweepPaths {
  const results = out ?? join(workspace, 'results', name);
  const work = out === null ? join(workspace, 'runs', name) : join(out, '.work');
  return {
    results,
    work,
    manifest: join(work, 'manifest.json'),
    journal: join(work, 'journal.jsonl'),
    setAside: join(work, 'set-aside'),
  };
}

/** @param work the sweep's work folder. @param folder the trial's name. */
export function workPaths(work: string, folder: string): WorkPaths {
  const inside = (name: string): string => join(work, folder, name);
  return {
    settings: inside('settings.json'),
    log: inside('log.txt'),
    error: inside('error.txt'),
    heartbeat: inside('heartbeat.json'),
    checkpoint: inside('checkpoint'),
    staging: inside('result'),
  };
}

export function trialPaths({ work, results }: Pick<SweepPaths, 'work' | 'results'>, folder: string): TrialPaths {
  return { ...workPaths(work, folder), work: join(work, folder), result: join(results, folder) };
}
