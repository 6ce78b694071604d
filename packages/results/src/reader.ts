import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseJson } from '@lomap/files';
import { ResultsError } from './error.ts';
import { codeOf, reason } from './files.ts';
import { trialId } from './identity.ts';
import { describeIssues } from './issues.ts';
import { resultSchema, SCHEMA_VERSION, type TrialResult } from './schema/result.ts';
import { RESULT_FILE } from './writer.ts';

/** Far above any honest result; a larger file is refused before it is read. */
const LARGEST_BYTES = 256 * 1024 * 1024;

export interface ReadResults {
  /** The valid results, in the order of their folders' names. */
  readonly results: TrialResult[];
  /** One sentence for each file that was left out: the file, the key, what was expected. */
  readonly problems: string[];
  /** The file of each result, by its trial's id. */
  readonly files: ReadonlyMap<string, string>;
}

/**
 * Reads the finished trials of a sweep folder: every `<directory>/<trial folder>/result.json`.
 *
 * A trial folder without a result.json is an unfinished trial and is passed over, and so is a hidden folder. A file that is not a valid result
 * becomes a problem, and so does a second folder with a trial already read; the others are returned all the same.
 * Throws a ResultsError only if the directory itself cannot be listed.
 */
export async function readResults(directory: string): Promise<ReadResults> {
  const results: TrialResult[] = [];
  const problems: string[] = [];
  const fileOfId = new Map<string, string>();
  for (const folder of await foldersOf(directory)) {
    const file = join(directory, folder, RESULT_FILE);
    try {
      const result = await readResult(file);
      if (result === null) continue;
      const first = fileOfId.get(result.trial.id);
      if (first !== undefined) throw new ResultsError(`${file}: the same trial as ${first}; it counts once.`);
      fileOfId.set(result.trial.id, file);
      results.push(result);
    } catch (error) {
      if (!(error instanceof ResultsError)) throw error;
      problems.push(error.message);
    }
  }
  return { results, problems, files: fileOfId };
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
    throw new ResultsError(`${reason(error)} Remove the file and run the trial again.`, { cause: error });
  }
  const version = value !== null && typeof value === 'object' && 'schemaVersion' in value ? value.schemaVersion : null;
  if (typeof version === 'number' && version !== SCHEMA_VERSION) {
    throw new ResultsError(`${file}: schemaVersion: expected ${SCHEMA_VERSION}, found ${version}.`);
  }
  const checked = resultSchema.safeParse(value);
  if (!checked.success) throw new ResultsError(`${file}: ${describeIssues(checked.error)}.`);
  const { id, settings } = checked.data.trial;
  if (id !== trialId(settings)) {
    throw new ResultsError(
      `${file}: trial.id: expected ${trialId(settings)}, the id of its settings, found ${id}. Was the file edited?`,
    );
  }
  return checked.data;
}

async function read(file: string): Promise<string | null> {
  try {
    const { size } = await stat(file);
    if (size > LARGEST_BYTES) throw new ResultsError(`${file}: ${size} bytes; a result has at most ${LARGEST_BYTES}.`);
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof ResultsError) throw error;
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return null;
    throw new ResultsError(`${file}: cannot be read: ${reason(error)}`, { cause: error });
  }
}

async function foldersOf(directory: string): Promise<string[]> {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
      .map((entry) => entry.name)
      .filter((name) => !name.startsWith('.'))
      .sort();
  } catch (error) {
    throw new ResultsError(`${directory}: cannot be listed: ${reason(error)}`, { cause: error });
  }
}
