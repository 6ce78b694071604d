import { join } from 'node:path';
import { ResultsError } from './error.ts';
import { readFolder } from './packed/folder.ts';
import { readPacked } from './packed/read.ts';
import { parsePredictions, type Prediction } from './predictions.ts';
import { foldersOf } from './reader.ts';
import { PREDICTIONS_FILE } from './writer.ts';

/**
 * What the trials of a sweep's folder predicted on dev, by trial id, whether they are packed or have folders. Trials that
 * scored no dev are not in it.
 *
 * Throws a ResultsError that names the file if one is damaged: unlike `readResults`, which goes on without it.
 */
export async function readPredictions(directory: string): Promise<Map<string, Prediction[]>> {
  const found = new Map<string, Prediction[]>();
  const add = (id: string, csv: string, where: string): void => {
    try {
      found.set(id, parsePredictions(csv));
    } catch (error) {
      throw error instanceof RangeError ? new ResultsError(`${where}: ${error.message}`, { cause: error }) : error;
    }
  };
  for (const name of await foldersOf(directory)) {
    const folder = await readFolder(directory, name);
    if (folder?.predictions != null) {
      add(folder.result.trial.id, folder.predictions, join(directory, name, PREDICTIONS_FILE));
    }
  }
  const packed = await readPacked(directory);
  for (const [id, csv] of packed?.predictions() ?? []) add(id, csv, `${directory}, trial ${id}`);
  return found;
}
