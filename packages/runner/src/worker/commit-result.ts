import { cpSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { AdapterFiles } from '@lomap/peft';
import { writeResult, type Prediction, type TrialResult } from '@lomap/results';
import { writeAdapterFolder } from '../adapters/folder.ts';
import { systemCode } from '../errors.ts';
import { makeFolder } from '../store/make-folder.ts';
import type { Assignment } from './messages.ts';

/**
 * Builds a trial's folder beside its work and renames it to its place, so that the results folder only ever holds whole
 * trials. A kept adapter lies in it as `adapter/`. On another file system it is copied to a hidden folder beside its
 * place first.
 */
export async function commitResult(
  { staging, result: target }: Assignment['paths'],
  result: TrialResult,
  predictions: readonly Prediction[],
  adapter: AdapterFiles | null = null,
): Promise<void> {
  rmSync(staging, { recursive: true, force: true });
  makeFolder(staging);
  await writeResult(staging, result, predictions);
  if (adapter) await writeAdapterFolder(join(staging, 'adapter'), adapter);
  makeFolder(dirname(target));
  try {
    renameSync(staging, target);
  } catch (error) {
    if (systemCode(error) !== 'EXDEV') throw error;
    const partial = join(dirname(target), `.${basename(target)}.partial`);
    rmSync(partial, { recursive: true, force: true });
    cpSync(staging, partial, { recursive: true });
    renameSync(partial, target);
    rmSync(staging, { recursive: true, force: true });
  }
}
