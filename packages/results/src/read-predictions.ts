import { join } from 'node:path';
import { ResultsError } from './error.ts';
import { folderOf, textOf } from './packed/folder.ts';
import { readPacked } from './packed/read.ts';
import { parsePredictions, type Prediction } from './predictions.ts';
import type { TrialResult } from './schema/result.ts';
import { PREDICTIONS_FILE } from './writer.ts';

/** Gives what a trial predicted on dev; null where it scored no dev. */
export type PredictionReader = (result: TrialResult) => Promise<Prediction[] | null>;

/**
 * Reads what trials of a sweep's folder predicted on dev, whether they are packed or have folders.
 *
 * This and the reader throw a ResultsError that names the file, and the line, if one is damaged.
 */
export async function predictionReader(directory: string): Promise<PredictionReader> {
  const packed = (await readPacked(directory))?.predictions();
  return async (result) => {
    const file = join(directory, folderOf({ result }), PREDICTIONS_FILE);
    const csv = packed?.get(result.trial.id) ?? (await textOf(file));
    if (csv === null) return null;
    try {
      return parsePredictions(csv);
    } catch (error) {
      throw error instanceof RangeError ? new ResultsError(`${file}: ${error.message}`, { cause: error }) : error;
    }
  };
}

/**
 * What these trials predicted on dev, by trial id. Those that scored no dev are not in it.
 *
 * Throws a ResultsError that names the file if one is damaged.
 *
 * @param results of these trials, as `readResults` gave them
 */
export async function readPredictions(
  directory: string,
  results: readonly TrialResult[],
): Promise<Map<string, Prediction[]>> {
  const predictionsOf = await predictionReader(directory);
  const found = new Map<string, Prediction[]>();
  for (const result of results) {
    const predictions = await predictionsOf(result);
    if (predictions !== null) found.set(result.trial.id, predictions);
  }
  return found;
}
