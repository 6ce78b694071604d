import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ResultsError } from '../error.ts';
import { checkSame, folderOf, readFolder, trialsOf, writeFolder } from './folder.ts';
import { readPacked } from './read.ts';
import { finishCommit } from './staging.ts';
import { PACKED_FILES, SWEEP_FILE } from './sweep-file.ts';

export interface UnpackOptions {
  /** Which trials; all if absent, and only then are packed files removed. */
  readonly select?: ((trial: { readonly id: string; readonly folder: string }) => boolean) | undefined;
  /** Where the folders go; beside the packed files if absent. */
  readonly out?: string | undefined;
  /** Whether the packed files stay all the same. They do if trials are selected, or go elsewhere. */
  readonly keep?: boolean;
  /** Whether nothing is written or removed. */
  readonly dryRun?: boolean;
}

export interface Unpacked {
  /** Names of the folders written (or, in a dry run, that would be), in order. */
  readonly folders: readonly string[];
  /** Names of the folders that were there, with the same trial. */
  readonly there: readonly string[];
  /** Whether the packed files were removed. */
  readonly removed: boolean;
}

/**
 * Gives packed trials their folders back: result.json and predictions.csv with the bytes that the trial wrote, apart from
 * curves that were thinned. When all of a sweep are asked for and read back, the packed files are removed.
 *
 * Throws a ResultsError if nothing is packed, if the packed files are damaged, or if a folder holds something else of that
 * trial.
 */
export async function unpackSweep(directory: string, options: UnpackOptions = {}): Promise<Unpacked> {
  const { select, out = directory, keep = false, dryRun = false } = options;
  if (!dryRun) await finishCommit(directory, () => undefined);
  const packed = await readPacked(directory);
  if (packed === null) throw new ResultsError(`${directory}: nothing is packed here (there is no ${SWEEP_FILE}).`);
  const trials = trialsOf(packed);
  const chosen = trials.filter((trial) => select?.({ id: trial.result.trial.id, folder: folderOf(trial) }) ?? true);
  const folders: string[] = [];
  const there: string[] = [];
  for (const trial of chosen) {
    const name = folderOf(trial);
    const before = await readFolder(out, name);
    (before === null ? folders : there).push(name);
    if (before === null && !dryRun) await writeFolder(out, trial);
    const folder = before ?? (dryRun ? null : await readFolder(out, name));
    if (folder !== null) checkSame(out, folder, trial, packed);
  }
  const removed = select === undefined && out === directory && !keep && !dryRun;
  if (removed) for (const name of [...PACKED_FILES].reverse()) await rm(join(directory, name), { force: true });
  return { folders, there, removed };
}
