import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, parseJson, reasonOf } from '@lomap/files';
import { checkResult } from './check.ts';
import { ResultsError } from './error.ts';
import { trialFolderName } from './identity.ts';
import type { TrialResult } from './schema/result.ts';
import { firstDifference, packedForm } from './packed/difference.ts';
import { readPacked } from './packed/read.ts';
import { RESULT_FILE } from './writer.ts';

/** Far above any honest result; a larger file is refused before it is read. */
const LARGEST_BYTES = 256 * 1024 * 1024;

export interface ReadResults {
  /** The valid results, in the order of their folders' names. */
  readonly results: TrialResult[];
  /** One sentence for each file that was left out: the file, the key, what was expected. */
  readonly problems: string[];
  /** The result.json of each trial that has a folder, by its id. */
  readonly files: ReadonlyMap<string, string>;
  /** That of the problems which left out every packed trial; null if the packed files are whole, or there are none. */
  readonly packedProblem: string | null;
}

/**
 * Reads the finished trials of a sweep folder: those that are packed (`sweep.json` and its files), and every
 * `<directory>/<trial folder>/result.json` beside them.
 *
 * A trial folder without a result.json is an unfinished trial and is passed over, and so is a hidden folder. A file that is not a valid result
 * becomes a problem, and so does a second folder with a trial already read, or a folder that is not the same as the packed
 * trial; the others are returned all the same. Packed curves are thinned (`thinCurves`), which makes a folder no other.
 * Throws a ResultsError only if the directory itself cannot be listed.
 */
export async function readResults(directory: string): Promise<ReadResults> {
  const found: { folder: string; result: TrialResult }[] = [];
  const problems: string[] = [];
  const folders = await foldersOf(directory);
  const packed = await readPacked(directory).catch(messageOf);
  const packedProblem = typeof packed === 'string' ? packed : null;
  const packedTrials = new Map<string, TrialResult>();
  if (typeof packed === 'string') problems.push(packed);
  else {
    for (const result of packed?.results ?? []) {
      found.push({ folder: trialFolderName(result.trial.settings, result.trial.id), result });
      packedTrials.set(result.trial.id, result);
    }
  }
  const fileOfId = new Map<string, string>();
  for (const folder of folders) {
    const file = join(directory, folder, RESULT_FILE);
    try {
      const result = await readResult(file);
      if (result === null) continue;
      const { id } = result.trial;
      const first = fileOfId.get(id);
      if (first !== undefined) throw new ResultsError(`${file}: the same trial as ${first}; it counts once.`);
      fileOfId.set(id, file);
      const twin = packedTrials.get(id);
      if (twin === undefined || packed === null || typeof packed === 'string') found.push({ folder, result });
      else checkTwin(result, file, twin, packed.placeOf(id));
    } catch (error) {
      problems.push(messageOf(error));
    }
  }
  found.sort((a, b) => (a.folder < b.folder ? -1 : 1));
  return { results: found.map(({ result }) => result), problems, packedProblem, files: fileOfId };
}

/** Throws a ResultsError that names both places if a trial's folder is not the same trial as the packed one. */
export function checkTwin(result: TrialResult, file: string, packed: TrialResult, place: string): void {
  const key = firstDifference(packedForm(result), packed);
  if (key === null) return;
  throw new ResultsError(
    `${file}: not the same as this trial in ${place}, which counts: ${key} differs. Remove the folder, or unpack the ` +
      'sweep and remove the one that is wrong.',
  );
}

function messageOf(error: unknown): string {
  if (error instanceof ResultsError) return error.message;
  throw error;
}

/**
 * Reads and checks one result.json; null if there is no such file.
 *
 * Throws a ResultsError if it cannot be read, is not JSON, has another schema version, breaks the schema, or has an
 * id that is not that of its settings (a file edited by hand).
 */
export async function readResult(file: string): Promise<TrialResult | null> {
  const text = await read(file);
  if (text === null) return null;
  let value: unknown;
  try {
    value = parseJson(text, file);
  } catch (error) {
    throw new ResultsError(`${reasonOf(error)} Remove the file and run the trial again.`, { cause: error });
  }
  try {
    return checkResult(value);
  } catch (error) {
    throw error instanceof ResultsError ? new ResultsError(`${file}: ${error.message}`, { cause: error }) : error;
  }
}

async function read(file: string): Promise<string | null> {
  try {
    const { size } = await stat(file);
    if (size > LARGEST_BYTES) throw new ResultsError(`${file}: ${size} bytes; a result has at most ${LARGEST_BYTES}.`);
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof ResultsError) throw error;
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return null;
    throw new ResultsError(`${file}: cannot be read: ${reasonOf(error)}.`, { cause: error });
  }
}

/** Names of the folders in a directory that are not hidden, sorted. Throws a ResultsError if it cannot be listed. */
export async function foldersOf(directory: string): Promise<string[]> {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
      .map((entry) => entry.name)
      .filter((name) => !name.startsWith('.'))
      .sort();
  } catch (error) {
    throw new ResultsError(`${directory}: cannot be listed: ${reasonOf(error)}.`, { cause: error });
  }
}
