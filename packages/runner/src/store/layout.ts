import { join } from 'node:path';

/** Where a sweep keeps its results (kept, committed) and its work in progress (not). */
export interface SweepPaths {
  readonly results: string;
  readonly work: string;
  readonly manifest: string;
  readonly journal: string;
  /** Folders that were in the way of a trial's result and could not be read. */
  readonly setAside: string;
}

export interface TrialPaths {
  readonly work: string;
  readonly settings: string;
  readonly log: string;
  readonly error: string;
  readonly heartbeat: string;
  readonly checkpoint: string;
  /** Where the result is built, and the folder it is renamed to. */
  readonly staging: string;
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

export function trialPaths(sweep: SweepPaths, folder: string): TrialPaths {
  const work = join(sweep.work, folder);
  return {
    work,
    settings: join(work, 'settings.json'),
    log: join(work, 'log.txt'),
    error: join(work, 'error.txt'),
    heartbeat: join(work, 'heartbeat.json'),
    checkpoint: join(work, 'checkpoint'),
    staging: join(work, 'result'),
    result: join(sweep.results, folder),
  };
}
