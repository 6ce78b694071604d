import { join } from 'node:path';
import { ResultsError } from './error.ts';
import { folderOf, textOf } from './packed/folder.ts';
import { readPacked } from './packed/read.ts';
import { parsePredictions, type Prediction } from './predictions.ts';
import type { TrialResult } from './schema/result.ts';
import { PREDICTIONS_FILE } from './writer.ts';

/**
 * What trials of a sweep's folder predicted on dev, by trial id, whether they are packed or have folders. Trials that
 * scored no dev are not in it.
 *
 * Throws a ResultsError that names the file if one is damaged.
 *
 * @param results of these trials, as `readResults` gave them
 */
export async function readPredictions(
  directory: string,
  results: readonly TrialResult[],
): Promise<Map<string, Prediction[]>> {
  const packed = (await readPacked(directory))?.predictions();
  const found = new Map<string, Prediction[]>();
  for (const result of results) {
    const { id } = result.trial;
    const file = join(directory, folderOf({ result }), PREDICTIONS_FILE);
    const csv = packed?.get(id) ?? (await textOf(file));
    if (csv === null) continue;
    try {
      found.set(id, parsePredictions(csv));
    } catch (error) {
      throw error instanceof RangeError ? new ResultsError(`${file}: ${error.message}`, { cause: error }) : error;
    }
  }
  return found;
}
