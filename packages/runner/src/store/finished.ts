/** The finished trials of a results folder. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PACKED_FILES, readResults, trialFolderName, type TrialResult } from '@lomap/results';
import { ADAPTER_FOLDER } from '../adapters/folder.ts';
import { FailureError } from '../errors.ts';
import { damageOf, type Asked } from './damage.ts';
import type { SweepPaths } from './layout.ts';
import { seenOf } from './seen.ts';

export interface Finished {
  /** By trial id. */
  readonly results: Map<string, TrialResult>;
  /** What cannot be read, and results that lack something that belongs to them: a sentence each. */
  readonly problems: readonly string[];
}

/**
 * Reads every result of a sweep's folder and checks that it is whole; nothing when there is no folder yet. Packed files
 * carry their own hashes.
 *
 * Throws a FailureError if packed files are damaged: one file is then hundreds of trials, which nobody wants to run again
 * unasked.
 */
export async function readFinished(paths: SweepPaths, asked: Asked = { seen: seenOf(paths) }): Promise<Finished> {
  if (!existsSync(paths.results)) return { results: new Map(), problems: [] };
  const { results, problems, packedProblem, files } = await readResults(paths.results);
  if (packedProblem !== null) {
    throw new FailureError(packedProblem, `Or move ${PACKED_FILES.join(', ')} away, and their trials run again.`);
  }
  const whole = new Map<string, TrialResult>();
  const damaged: string[] = [];
  for (const result of results) {
    const file = files.get(result.trial.id);
    const damage = file === undefined ? null : await damageOf(file, result, asked);
    if (damage === null) whole.set(result.trial.id, result);
    else damaged.push(`${file}: ${damage}.`);
  }
  return { results: whole, problems: [...problems, ...damaged] };
}

/** Finished main trials that ran without --keep-adapters: those that could have left an adapter, and have none. */
export function withoutAdapter(paths: SweepPaths, { results }: Pick<Finished, 'results'>): TrialResult[] {
  return [...results.values()].filter(({ trial, measured }) => {
    const { settings } = trial;
    if (trial.purpose !== 'main' || measured.adapterBytes !== undefined || settings.forgetting?.previous) return false;
    return !existsSync(join(paths.results, trialFolderName(settings, trial.id), ADAPTER_FOLDER));
  });
}
