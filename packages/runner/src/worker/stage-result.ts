import { createHash } from 'node:crypto';
import { renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { formatPredictions, writeResult, type Prediction, type TrialResult } from '@lomap/results';
import type { FinishedTrial } from '@lomap/trial';
import { ADAPTER_FOLDER, ADAPTER_TENSORS, writeAdapterFolder } from '../adapters/folder.ts';
import { makeFolder } from '../store/make-folder.ts';

/**
 * Leaves a finished trial's files in a folder, which is there only when it is whole: `result.json`, `predictions.csv`, and
 * a kept adapter as `adapter/`. The result says what belongs to it, for whoever asks later whether all of it is there
 * (`store/damage.ts`).
 */
export async function stageResult(folder: string, { result, predictions, adapter }: FinishedTrial): Promise<void> {
  const partial = `${folder}.partial`;
  for (const path of [partial, folder]) rmSync(path, { recursive: true, force: true });
  makeFolder(partial);
  const kept = join(partial, ADAPTER_FOLDER);
  if (adapter) await writeAdapterFolder(kept, adapter);
  const adapterBytes = adapter ? statSync(join(kept, ADAPTER_TENSORS)).size : null;
  await writeResult(partial, recording(result, predictions, adapterBytes), predictions);
  renameSync(partial, folder);
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
