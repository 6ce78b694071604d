/** A finished trial's folder, with the text of its predictions. */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ResultsError } from '../error.ts';
import { codeOf, reasonOf } from '@lomap/files';
import { writeFileWhole } from '../files.ts';
import { formatResult } from '../format.ts';
import { trialFolderName } from '../identity.ts';
import { checkTwin, readResult } from '../reader.ts';
import { PREDICTIONS_FILE, RESULT_FILE } from '../writer.ts';
import type { PackedTrial } from './encode.ts';
import type { PackedSweep } from './read.ts';

export interface TrialFolder extends PackedTrial {
  readonly name: string;
}

/** The name of a trial's folder. */
export function folderOf({ result: { trial } }: Pick<PackedTrial, 'result'>): string {
  return trialFolderName(trial.settings, trial.id);
}

/**
 * Reads a folder of a sweep; null if it is of no finished trial. Throws a ResultsError if it is damaged, or not called as
 * its trial's folder is.
 */
export async function readFolder(directory: string, name: string): Promise<TrialFolder | null> {
  const file = join(directory, name, RESULT_FILE);
  const result = await readResult(file);
  if (result === null) return null;
  const expected = folderOf({ result });
  if (name !== expected) {
    throw new ResultsError(`${file}: the folder of this trial is called ${expected}. Rename it, or remove a copy.`);
  }
  return { name, result, predictions: await textOf(join(directory, name, PREDICTIONS_FILE)) };
}

/** Writes a trial's folder, result.json last, as whoever finishes a trial does. */
export async function writeFolder(directory: string, { result, predictions }: PackedTrial): Promise<void> {
  const folder = join(directory, folderOf({ result }));
  await mkdir(folder, { recursive: true });
  if (predictions !== null) await writeFileWhole(join(folder, PREDICTIONS_FILE), predictions);
  await writeFileWhole(join(folder, RESULT_FILE), formatResult(result));
}

/** Throws a ResultsError that names both places if a folder and the packed trial are not the same. */
export function checkSame(directory: string, folder: TrialFolder, trial: PackedTrial, packed: PackedSweep): void {
  const place = packed.placeOf(trial.result.trial.id);
  checkTwin(folder.result, join(directory, folder.name, RESULT_FILE), trial.result, place);
  if (folder.predictions === trial.predictions) return;
  throw new ResultsError(
    `${join(directory, folder.name, PREDICTIONS_FILE)}: not the predictions of this trial in ${place}. Remove the folder, ` +
      'or unpack the sweep and remove the one that is wrong.',
  );
}

/** The trials of a packed sweep with their predictions. */
export function trialsOf(packed: PackedSweep): PackedTrial[] {
  const predictions = packed.predictions();
  return packed.results.map((result) => ({ result, predictions: predictions.get(result.trial.id) ?? null }));
}

/** A file's text; null if there is none. */
export async function textOf(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw new ResultsError(`${file}: cannot be read: ${reasonOf(error)}.`, { cause: error });
  }
}
