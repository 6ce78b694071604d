import { lstat, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ResultsError } from '../error.ts';
import { codeOf, failureOf } from '@lomap/files';
import { foldersOf } from '../reader.ts';
import type { TrialResult } from '../schema/result.ts';
import { PREDICTIONS_FILE, RESULT_FILE } from '../writer.ts';
import { firstDifference, packedForm } from './difference.ts';
import { encode, type PackedTrial } from './encode.ts';
import { checkSame, folderOf, readFolder, textOf, trialsOf, type TrialFolder } from './folder.ts';
import { readPacked, type PackedSweep } from './read.ts';
import { commit, finishCommit, stage } from './staging.ts';

export interface PackOptions {
  /** Whether trials' folders stay beside the packed files. */
  readonly keep?: boolean;
  /** Whether nothing is written or removed. */
  readonly dryRun?: boolean;
  /** Told before each step that changes something, for tests that stop there. */
  readonly onStep?: (what: string) => void;
}

export interface Packed {
  /** Trials in the packed files now (or, in a dry run, then). */
  readonly trials: number;
  /** Of these, trials that came from folders and were not packed before. */
  readonly added: number;
  /** Bytes of the packed files, by name. */
  readonly files: ReadonlyMap<string, number>;
  /** Trials of folders whose curves lose points: see `thinCurves`. */
  readonly thinned: number;
  /** Names of the trials' folders that are packed, and were removed unless they are kept. */
  readonly folders: readonly string[];
  /** Folders of packed trials that stay: other files lie in them, such as a kept adapter, or they are links. */
  readonly left: readonly string[];
}

/**
 * Packs the finished trials of a sweep's folder into a few files, together with those packed before, and removes their
 * folders.
 *
 * Nothing is removed before the new files have been read back from the disk and every trial in them compared with its
 * folder. A run stopped anywhere leaves every trial readable (`staging.ts`), and the next one finishes its work. The same
 * trials give the same bytes.
 *
 * Throws a ResultsError, and changes no trial, if a folder or packed file is damaged, or if a trial is there twice and
 * is not the same.
 */
export async function packSweep(directory: string, options: PackOptions = {}): Promise<Packed> {
  const { keep = false, dryRun = false, onStep: step = () => undefined } = options;
  const names = await foldersOf(directory);
  if (!dryRun) await finishCommit(directory, step);
  const before = await readPacked(directory);
  const folders: TrialFolder[] = [];
  for (const name of names) {
    const folder = await readFolder(directory, name);
    if (folder !== null) folders.push(folder);
  }
  const trials = merge(directory, before, folders);
  if (trials.length === 0) throw new ResultsError(`${directory}: no finished trial here to pack. Run a sweep first.`);
  const files = encode(trials);
  const added = trials.length - (before?.results.length ?? 0);
  if (!dryRun && added > 0) {
    step('stage');
    await verify(await stage(directory, files), trials);
    step('commit');
    await commit(directory, step);
  }
  return {
    trials: trials.length,
    added,
    files: new Map([...files].map(([name, { length }]) => [name, length])),
    thinned: folders.filter(({ result }) => losesPoints(result)).length,
    folders: folders.map(({ name }) => name),
    left: dryRun || keep ? [] : await removeFolders(directory, new Set(names), trials, step),
  };
}

/** Whether a trial's curves have more points than packed ones. */
function losesPoints(result: TrialResult): boolean {
  return packedForm(result).trial.curves.every !== result.trial.curves.every;
}

/** Every trial once, thinned, in the order of its folder's name. */
function merge(directory: string, before: PackedSweep | null, folders: readonly TrialFolder[]): PackedTrial[] {
  const trials = new Map(before === null ? [] : trialsOf(before).map((trial) => [folderOf(trial), trial] as const));
  for (const folder of folders) {
    const twin = trials.get(folder.name);
    if (twin !== undefined && before !== null) checkSame(directory, folder, twin, before);
    else trials.set(folder.name, { result: packedForm(folder.result), predictions: folder.predictions });
  }
  return [...trials].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, trial]) => trial);
}

/** Reads packed files back and compares every trial with what went in. */
async function verify(directory: string, trials: readonly PackedTrial[]): Promise<void> {
  const packed = await readPacked(directory);
  const read = packed === null ? [] : trialsOf(packed);
  trials.forEach((trial, i) => {
    const key = firstDifference(read[i], trial);
    if (key === null) return;
    throw new ResultsError(
      `${directory}: ${folderOf(trial)} does not read back as it was (${key}), so nothing was packed. This is a fault of ` +
        'the program: please report it.',
    );
  });
}

/** Removes what is packed of every trial's folder; returns the folders in which something else lies. */
async function removeFolders(
  directory: string,
  there: ReadonlySet<string>,
  trials: readonly PackedTrial[],
  step: (what: string) => void,
): Promise<string[]> {
  const left: string[] = [];
  for (const trial of trials) {
    const name = folderOf(trial);
    if (!there.has(name)) continue;
    const folder = join(directory, name);
    if ((await lstat(folder)).isSymbolicLink()) {
      left.push(name);
      continue;
    }
    // result.json first: without it the folder is no trial, whatever of it is left when this is stopped.
    step(`remove ${RESULT_FILE} of ${name}`);
    await rm(join(folder, RESULT_FILE), { force: true });
    const predictions = join(folder, PREDICTIONS_FILE);
    if (trial.predictions !== null && (await textOf(predictions)) === trial.predictions) {
      step(`remove ${PREDICTIONS_FILE} of ${name}`);
      await rm(predictions);
    }
    step(`remove ${name}`);
    if (!(await removeEmpty(folder))) left.push(name);
  }
  return left;
}

/** Removes a folder, unless something lies in it. */
async function removeEmpty(folder: string): Promise<boolean> {
  try {
    await rmdir(folder);
    return true;
  } catch (error) {
    if (['ENOTEMPTY', 'EEXIST'].includes(codeOf(error))) return false;
    throw new ResultsError(`${folder}: cannot be removed: ${failureOf(error)}`, { cause: error });
  }
}
