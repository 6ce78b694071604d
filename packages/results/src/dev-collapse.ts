import { join } from 'node:path';
import { hardlyVary } from './collapse.ts';
import { ResultsError } from './error.ts';
import { trialFolderName } from './identity.ts';
import type { Prediction } from './predictions.ts';
import { readPredictions } from './read-predictions.ts';
import type { TrialResult } from './schema/result.ts';
import type { Trial } from './schema/trial.ts';
import { PREDICTIONS_FILE } from './writer.ts';

/** By split: whether the predictions hardly vary. */
export function devCollapse(predictions: readonly Prediction[]): NonNullable<Trial['devCollapsed']> {
  const bySplit = new Map<string, (readonly number[])[]>();
  for (const { split, logits } of predictions) {
    const own = bySplit.get(split);
    if (own === undefined) bySplit.set(split, [logits]);
    else own.push(logits);
  }
  return Object.fromEntries([...bySplit].map(([split, outputs]) => [split, hardlyVary(outputs)]));
}

/**
 * A sweep's results, each with `devCollapsed`: an older result that lacks it gets it from the predictions.csv in its
 * folder below `directory`. One without readable predictions stays as it is: nothing is known of it.
 */
export async function withDevCollapse(directory: string, results: readonly TrialResult[]): Promise<TrialResult[]> {
  const completed: TrialResult[] = [];
  for (const result of results) completed.push(await completedFrom(directory, result));
  return completed;
}

async function completedFrom(directory: string, result: TrialResult): Promise<TrialResult> {
  const { trial } = result;
  if (trial.devCollapsed !== undefined || Object.keys(trial.dev).length === 0) return result;
  const file = join(directory, trialFolderName(trial.settings, trial.id), PREDICTIONS_FILE);
  try {
    const predictions = await readPredictions(file);
    if (predictions === null || predictions.length === 0) return result;
    return { ...result, trial: { ...trial, devCollapsed: devCollapse(predictions) } };
  } catch (error) {
    if (error instanceof ResultsError) return result;
    throw error;
  }
}
