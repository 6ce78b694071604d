import { createHash } from 'node:crypto';
import { cpSync, existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { AdapterFiles } from '@lomap/peft';
import { formatPredictions, writeResult, type Prediction, type TrialResult } from '@lomap/results';
import { ADAPTER_FOLDER, ADAPTER_TENSORS, writeAdapterFolder } from '../adapters/folder.ts';
import { systemCode } from '../errors.ts';
import { makeFolder } from '../store/make-folder.ts';
import type { Assignment } from './messages.ts';

/**
 * Builds a trial's folder beside its work and renames it to its place, so that the results folder only ever holds whole
 * trials. A kept adapter lies in it as `adapter/`. What stands in its place, such as a result whose predictions were lost,
 * stays there until then and goes to `setAside`.
 *
 * The result says what belongs to it, for whoever asks later whether all of it is there (`store/finished.ts`).
 *
 * @returns where what stood there is now; null where nothing did.
 */
export async function commitResult(
  { staging, result: target, setAside }: Pick<Assignment['paths'], 'staging' | 'result' | 'setAside'>,
  result: TrialResult,
  predictions: readonly Prediction[],
  adapter: AdapterFiles | null = null,
): Promise<string | null> {
  rmSync(staging, { recursive: true, force: true });
  makeFolder(staging);
  const kept = join(staging, ADAPTER_FOLDER);
  if (adapter) await writeAdapterFolder(kept, adapter);
  const adapterBytes = adapter ? statSync(join(kept, ADAPTER_TENSORS)).size : null;
  await writeResult(staging, recording(result, predictions, adapterBytes), predictions);

  // Beside its place first: the work may lie on another file system.
  makeFolder(dirname(target));
  const ready = join(dirname(target), `.${basename(target)}.partial`);
  rmSync(ready, { recursive: true, force: true });
  move(staging, ready);
  const aside = existsSync(target) ? join(setAside, `${basename(target)}-${Date.now()}`) : null;
  if (aside !== null) {
    makeFolder(setAside);
    move(target, aside);
  }
  renameSync(ready, target);
  return aside;
}

function recording(result: TrialResult, predictions: readonly Prediction[], adapterBytes: number | null): TrialResult {
  const sha256 = createHash('sha256').update(formatPredictions(predictions)).digest('hex');
  const { trial, measured } = result;
  return {
    ...result,
    trial: { ...trial, ...(predictions.length > 0 && { predictions: { rows: predictions.length, sha256 } }) },
    measured: { ...measured, ...(adapterBytes !== null && { adapterBytes }) },
  };
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
