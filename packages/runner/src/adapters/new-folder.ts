import { existsSync } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { UsageError } from '../errors.ts';
import { makeFolder } from '../store/make-folder.ts';

/**
 * Makes a folder that is whole or not there: it is filled beside its place, and renamed.
 *
 * @throws UsageError for a folder that exists: nothing is written over.
 */
export async function newFolder(path: string, fill: (folder: string) => Promise<void>): Promise<void> {
  const target = resolve(path);
  refuseExisting(target);
  makeFolder(dirname(target));
  const partial = await mkdtemp(join(dirname(target), `.${basename(target)}.partial-`));
  try {
    await fill(partial);
    refuseExisting(target);
    await rename(partial, target);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw error;
  }
}

/** @throws UsageError if something is there already. */
export function refuseExisting(path: string): void {
  if (existsSync(path)) throw new UsageError(`--out ${path} exists already.`, 'Choose another folder, or remove it.');
}
