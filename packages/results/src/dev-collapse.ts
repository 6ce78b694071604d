import { hardlyVary } from './collapse.ts';
import { ResultsError } from './error.ts';
import type { Prediction } from './predictions.ts';
import { predictionReader, type PredictionReader } from './read-predictions.ts';
import type { TrialResult } from './schema/result.ts';
import type { Trial } from './schema/trial.ts';

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
 * A sweep's results, each with `devCollapsed`: an older result that lacks it gets it from its predictions in `directory`,
 * packed or in a folder. One without readable predictions stays as it is: nothing is known of it.
 */
export async function withDevCollapse(directory: string, results: readonly TrialResult[]): Promise<TrialResult[]> {
  const lacks = ({ trial }: TrialResult) => trial.devCollapsed === undefined && Object.keys(trial.dev).length > 0;
  if (!results.some(lacks)) return [...results];
  let predictionsOf: PredictionReader;
  try {
    predictionsOf = await predictionReader(directory);
  } catch (error) {
    if (error instanceof ResultsError) return [...results];
    throw error;
  }
  const completed: TrialResult[] = [];
  for (const result of results) completed.push(lacks(result) ? await completedFrom(predictionsOf, result) : result);
  return completed;
}

async function completedFrom(predictionsOf: PredictionReader, result: TrialResult): Promise<TrialResult> {
  const { trial } = result;
  try {
    const predictions = await predictionsOf(result);
    if (predictions === null || predictions.length === 0) return result;
    return { ...result, trial: { ...trial, devCollapsed: devCollapse(predictions) } };
  } catch (error) {
    if (error instanceof ResultsError) return result;
    throw error;
  }
}
