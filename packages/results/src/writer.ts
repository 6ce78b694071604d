import { join } from 'node:path';
import { ResultsError } from './error.ts';
import { writeFileWhole } from './files.ts';
import { formatResult } from './format.ts';
import { trialId } from './identity.ts';
import { describeIssues } from './issues.ts';
import { formatPredictions, type Prediction } from './predictions.ts';
import { resultSchema, type TrialResult } from './schema/result.ts';

/** A trial is finished when its folder has this file. */
export const RESULT_FILE = 'result.json';
/** The predictions on dev, beside the result. */
export const PREDICTIONS_FILE = 'predictions.csv';

/**
 * Writes a finished trial into its folder: predictions.csv (if there are any), then, last of all and by rename,
 * result.json, so that a folder with a result.json is a finished trial.
 *
 * Throws a ResultsError, and leaves no partial file, if the result does not fit the schema (a NaN loss, say), if its
 * id is not that of its settings, or if the disk refuses.
 */
export async function writeResult(
  trialFolder: string,
  result: TrialResult,
  predictions: readonly Prediction[] = [],
): Promise<void> {
  const file = join(trialFolder, RESULT_FILE);
  const checked = resultSchema.safeParse(result);
  if (!checked.success) throw new ResultsError(`${file}: not written: ${describeIssues(checked.error)}`);
  const { id, settings } = checked.data.trial;
  if (id !== trialId(settings))
    throw new ResultsError(`${file}: not written: trial.id is not the id of trial.settings.`);

  if (predictions.length > 0) {
    await writeFileWhole(join(trialFolder, PREDICTIONS_FILE), formatPredictions(predictions));
  }
  await writeFileWhole(file, formatResult(checked.data));
}
