/** `lomap pack` and `lomap unpack`: a closed sweep as a few files, and trials' folders out of it. */
import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { packSweep, readResults, ResultsError, trialFolderName, unpackSweep } from '@lomap/results';
import { FailureError, UsageError } from '../errors.ts';
import { sweepPaths } from '../store/layout.ts';
import { acquireLock } from '../store/lock.ts';
import { makeFolder } from '../store/make-folder.ts';
import { resolveUserPath, workspaceRoot } from '../workspace.ts';

export interface PackArguments {
  readonly sweeps: readonly string[];
  readonly results?: string | undefined;
  readonly keep: boolean;
  readonly dryRun: boolean;
}

export interface UnpackArguments {
  readonly sweep: string;
  readonly trials: readonly string[];
  readonly results?: string | undefined;
  readonly out?: string | undefined;
  readonly keep: boolean;
  readonly dryRun: boolean;
}

/** Packs each sweep; a line a sweep. */
export async function packCommand({ sweeps, results, keep, dryRun }: PackArguments): Promise<string> {
  const folders = sweeps.map((sweep) => folderOf(sweep, results));
  const lines: string[] = [];
  for (const folder of folders) {
    const {
      trials,
      added,
      thinned,
      files,
      folders: packed,
      left,
    } = await whileLocked(folder, dryRun, () => packSweep(folder, { keep, dryRun }));
    const bytes = [...files.values()].reduce((sum, size) => sum + size, 0);
    const rest = packed.length - left.length;
    const what = [
      `${trials} trials in ${files.size} files, ${megabytes(bytes)}${added < trials ? ` (${added} new)` : ''}`,
      rest === 0 ? 'no folder to remove' : `${rest} folders ${keep ? 'kept' : dryRun ? 'to be removed' : 'removed'}`,
      ...(thinned > 0 ? [`the curves of ${thinned} ${dryRun ? 'would be' : 'are'} thinned to at most 100 means`] : []),
      ...(left.length > 0 ? [`${left.length} folders stay for what else is in them, such as ${left[0]!}`] : []),
    ];
    lines.push(`${dryRun ? 'Would pack' : 'Packed'} ${basename(folder)}: ${what.join('; ')}.`);
  }
  return lines.join('\n');
}

/** Gives trials of a packed sweep their folders, and says how many, where, and what became of the packed files. */
export async function unpackCommand(args: UnpackArguments): Promise<string> {
  const { keep, dryRun } = args;
  const folder = folderOf(args.sweep, args.results);
  const out = args.out === undefined ? undefined : resolveUserPath(args.out);
  return whileLocked(folder, dryRun, async () => {
    const chosen = args.trials.length === 0 ? null : await chosenFrom(folder, args.trials);
    if (out !== undefined && !dryRun) makeFolder(out);
    const select = chosen === null ? undefined : ({ id }: { readonly id: string }) => chosen.has(id);
    const { folders, there, removed } = await unpackSweep(folder, { select, out, keep, dryRun });
    const what = `${dryRun ? 'Would unpack' : 'Unpacked'} ${folders.length} of ${basename(folder)}’s trials into ${out ?? folder}`;
    const had = there.length > 0 ? `; ${there.length} had a folder already` : '';
    return `${what}${had}.${removed ? ' The packed files are removed.' : ''}`;
  });
}

/** The ids of the trials whose id or folder begins with one of the names. */
async function chosenFrom(folder: string, names: readonly string[]): Promise<Set<string>> {
  const { results } = await readResults(folder);
  const trials = results.map(({ trial: { id, settings } }) => ({ id, folder: trialFolderName(settings, id) }));
  const chosen = new Set<string>();
  for (const name of names) {
    const found = trials.filter((trial) => trial.id.startsWith(name) || trial.folder.startsWith(name));
    if (found.length === 0) {
      throw new UsageError(`No trial's id or folder begins with ${JSON.stringify(name)}.`, `They are in ${folder}.`);
    }
    for (const { id } of found) chosen.add(id);
  }
  return chosen;
}

function folderOf(sweep: string, results: string | undefined): string {
  const directory = results === undefined ? join(workspaceRoot, 'results') : resolveUserPath(results);
  if (basename(sweep) !== sweep || sweep === '..' || sweep === '.' || sweep === '') {
    throw new UsageError(`${sweep}: expected the name of a sweep's folder.`, `Sweeps elsewhere: --results DIR.`);
  }
  const folder = join(directory, sweep);
  if (existsSync(folder)) return folder;
  throw new UsageError(`${folder}: there is no such sweep.`, 'Name a folder of results, or another --results DIR.');
}

/** Does something to a sweep's results while no runner does; its lock is that of the sweep. */
async function whileLocked<T>(folder: string, dryRun: boolean, act: () => Promise<T>): Promise<T> {
  const isDefault = folder === join(workspaceRoot, 'results', basename(folder));
  const { work } = sweepPaths(workspaceRoot, basename(folder), isDefault ? null : folder);
  const isNew = !existsSync(work);
  const told = async (): Promise<T> => {
    try {
      return await act();
    } catch (error) {
      throw error instanceof ResultsError ? new FailureError(error.message) : error;
    }
  };
  if (dryRun) return told();
  makeFolder(work);
  const lost = new AbortController();
  const release = await acquireLock(work, () => lost.abort());
  try {
    return await told();
  } finally {
    if (!lost.signal.aborted) await release();
    if (isNew) removeWork(work);
  }
}

/** Removes a work folder that only the lock was in. */
function removeWork(work: string): void {
  rmSync(join(work, 'holder.json'), { force: true });
  if (readdirSync(work).length === 0) rmdirSync(work);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
