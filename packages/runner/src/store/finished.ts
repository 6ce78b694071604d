/** The finished trials of a results folder. */
import { existsSync, renameSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PACKED_FILES, readResults, type TrialResult } from '@lomap/results';
import { FailureError } from '../errors.ts';
import type { PlannedTrial } from '../plan/plan.ts';
import type { SweepPaths } from './layout.ts';
import { makeFolder } from './make-folder.ts';

export interface Finished {
  /** By trial id. */
  readonly results: Map<string, TrialResult>;
  /** Result files that cannot be read, a sentence each. */
  readonly problems: readonly string[];
}

/**
 * Reads every result of a sweep's folder, packed or in a folder of its own; nothing when there is no folder yet. Throws a
 * FailureError if packed files are damaged: one file is then hundreds of trials, which nobody wants to run again unasked.
 */
export async function readFinished(paths: SweepPaths): Promise<Finished> {
  if (!existsSync(paths.results)) return { results: new Map(), problems: [] };
  const { results, problems, packedProblem } = await readResults(paths.results);
  if (packedProblem !== null) {
    throw new FailureError(packedProblem, `Or move ${PACKED_FILES.join(', ')} away, and their trials run again.`);
  }
  return { results: new Map(results.map((result) => [result.trial.id, result])), problems };
}

/** Moves what stands where an unfinished trial's result will go (a damaged one) out of the way. Returns the folders moved. */
export function setAsideUnreadable(paths: SweepPaths, trials: readonly PlannedTrial[]): string[] {
  const there = new Set(existsSync(paths.results) ? readdirSync(paths.results) : []);
  return trials
    .filter((trial) => there.has(trial.folder))
    .map((trial) => {
      makeFolder(paths.setAside);
      renameSync(join(paths.results, trial.folder), join(paths.setAside, `${trial.folder}-${Date.now()}`));
      return trial.folder;
    });
}
