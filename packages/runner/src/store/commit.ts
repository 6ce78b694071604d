/** A trial's files, from where they were made to their place in the results folder. The runner alone does it. */
import { cpSync, existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { readResult, RESULT_FILE, type TrialResult } from '@lomap/results';
import { FailureError, systemCode } from '../errors.ts';
import { trialError } from '../worker/trial-error.ts';
import { damageOf } from './damage.ts';
import type { TrialPaths } from './layout.ts';
import { makeFolder } from './make-folder.ts';

export interface Committed {
  readonly result: TrialResult;
  /** Where what stood in its place is now; null where nothing did. */
  readonly aside: string | null;
}

/**
 * Checks that a folder is a trial, whole, and renames it to its place, so that the results folder only ever holds whole
 * trials. What stands there, such as a result whose predictions were lost, stays until then and goes to `setAside`.
 * A process that is killed meanwhile leaves the trial to `recover`; to commit it again does no harm.
 *
 * @param id of the trial that it has to be.
 * @throws FailureError when the folder is no such trial; an error of the system, the folder then being as before.
 */
export async function commitResult(
  folder: string,
  id: string,
  { result: target }: Pick<TrialPaths, 'result'>,
  setAside: string,
): Promise<Committed> {
  const result = await wholeTrial(folder, id);
  if (typeof result === 'string') throw new FailureError(`${folder} is not the trial that was run: ${result}.`);
  // Beside its place first: it may lie on another file system.
  makeFolder(dirname(target));
  const ready = besideOf(target);
  if (folder !== ready) {
    rmSync(ready, { recursive: true, force: true });
    move(folder, ready);
  }
  const aside = existsSync(target) ? moveAside(target, basename(target), setAside) : null;
  renameSync(ready, target);
  return { result, aside };
}

/**
 * Commits what an earlier runner was handed and did not get to commit: the folder of a trial that is whole. Null where
 * there is none; what is there and is not whole goes to `setAside`.
 *
 * @param adapters whether a main trial that kept no adapter shall rather run again, from its last checkpoint.
 * @throws an error of the system, which says nothing about the trial: it stays for another start.
 */
export async function recover(
  trial: { readonly id: string; readonly purpose: 'main' | 'search' },
  paths: TrialPaths,
  setAside: string,
  adapters: boolean,
): Promise<Committed | null> {
  for (const folder of [paths.staging, besideOf(paths.result)]) {
    if (!statSync(folder, { throwIfNoEntry: false })) continue;
    const found = await wholeTrial(folder, trial.id).catch((error: unknown) => {
      const { code, message } = trialError(error);
      if (code !== null) throw error;
      return message;
    });
    const lacks = typeof found !== 'string' && adapters && trial.purpose === 'main' && !found.measured.adapterBytes;
    if (typeof found !== 'string' && !lacks) return commitResult(folder, trial.id, paths, setAside);
    moveAside(folder, basename(paths.result), setAside);
  }
  return null;
}

/** Moves a folder to one of a name that is free. Returns its path. */
function moveAside(folder: string, name: string, setAside: string): string {
  makeFolder(setAside);
  let time = Date.now();
  while (existsSync(join(setAside, `${name}-${time}`))) time++;
  const aside = join(setAside, `${name}-${time}`);
  move(folder, aside);
  return aside;
}

function besideOf(target: string): string {
  return join(dirname(target), `.${basename(target)}.partial`);
}

/** The trial in a folder; in words, why it is none. @throws ResultsError for a result that is no result. */
async function wholeTrial(folder: string, id: string): Promise<TrialResult | string> {
  const file = join(folder, RESULT_FILE);
  const result = await readResult(file);
  if (result === null) return `there is no ${RESULT_FILE}`;
  if (result.trial.id !== id) return `its id is ${result.trial.id}, not ${id}`;
  return (await damageOf(file, result, { adapters: true })) ?? result;
}

function move(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (systemCode(error) !== 'EXDEV') throw error;
    cpSync(from, to, { recursive: true });
    rmSync(from, { recursive: true, force: true });
  }
}
