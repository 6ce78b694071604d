import { codeOf, reasonOf } from '@lomap/files';
import { readFile, stat } from 'node:fs/promises';
import { ResultsError } from '../error.ts';
import { trialFolderName } from '../identity.ts';
import { checkResult } from '../check.ts';
import type { TrialResult } from '../schema/result.ts';
import { gunzip, LARGEST_BYTES, sha256, utf8 } from './bytes.ts';
import { isRow } from './columns.ts';
import { damaged } from './error.ts';
import { fromLines } from './lines.ts';
import { parseJson } from './parse-json.ts';
import { parseTable } from './predictions-table.ts';
import {
  DETAILS_FILE,
  parseSweepFile,
  PREDICTIONS_TABLE,
  SWEEP_FILE,
  TRIALS_FILE,
  type SweepFile,
} from './sweep-file.ts';
import { placeOf } from './staging.ts';

/** A packed sweep, read and checked. */
export interface PackedSweep {
  /** In the order of the names that their folders would have. */
  readonly results: readonly TrialResult[];
  /** Where a trial stands, for messages: `<directory>/trials.jsonl:12`. */
  placeOf(id: string): string;
  /** Each trial's predictions.csv, by id; those that scored no dev are not among them. */
  predictions(): Map<string, string>;
}

/**
 * Reads the packed trials of a sweep's folder; null if it has none.
 *
 * Every file's hash is compared with that in sweep.json, every line checked as a result.json is, and every id made
 * again from its settings. Throws a ResultsError that names file and line of the first thing that is not right: of a
 * packed sweep either all trials are believed or none.
 */
export async function readPacked(directory: string): Promise<PackedSweep | null> {
  const path = (name: string) => placeOf(directory, name);
  const head = await bytesOf(path(SWEEP_FILE));
  if (head === null) {
    if ((await bytesOf(path(TRIALS_FILE))) === null) return null;
    throw damaged(path(TRIALS_FILE), null, `there is no ${SWEEP_FILE} beside it.`);
  }
  const sweep = parseSweepFile(utf8(head, path(SWEEP_FILE)), path(SWEEP_FILE));
  const read = (name: keyof SweepFile['files']) => fileOf(sweep, path(name), name);
  const [trials, details] = [await read(TRIALS_FILE), await read(DETAILS_FILE)];
  const table = sweep.files[PREDICTIONS_TABLE] ? await read(PREDICTIONS_TABLE) : null;
  const results = resultsOf(
    sweep,
    { file: trials.file, lines: linesOf(utf8(trials.bytes, trials.file), trials.file) },
    { file: details.file, lines: linesOf(gunzip(details.bytes, details.file), details.file) },
  );
  // Last, since what is wrong with a line says more than that the file is another one.
  for (const file of [trials, details, table]) file?.checkHash();
  const lineOf = new Map(results.map(({ trial }, i) => [trial.id, i + 1]));
  return {
    results,
    placeOf: (id) => `${path(TRIALS_FILE)}:${lineOf.get(id) ?? 0}`,
    predictions: () => {
      if (table === null) return new Map<string, string>();
      return parseTable(gunzip(table.bytes, table.file), [...lineOf.keys()], table.file);
    },
  };
}

interface Lines {
  readonly file: string;
  readonly lines: readonly string[];
}

function resultsOf(sweep: SweepFile, trials: Lines, details: Lines): TrialResult[] {
  for (const { file, lines } of [trials, details]) {
    if (lines.length === sweep.trials) continue;
    throw damaged(file, null, `${lines.length} lines, where ${SWEEP_FILE} counts ${sweep.trials} trials.`);
  }
  const lineOf = new Map<string, number>();
  let before = '';
  return trials.lines.map((text, i) => {
    const line = objectOf(text, trials.file, i + 1);
    const more = objectOf(details.lines[i]!, details.file, i + 1);
    try {
      const result = checkResult(fromLines(line, more, sweep));
      const { id, settings } = result.trial;
      const first = lineOf.get(id);
      if (first !== undefined) throw new ResultsError(`id: the same trial as in line ${first}.`);
      lineOf.set(id, i + 1);
      const folder = trialFolderName(settings, id);
      if (folder <= before) throw new ResultsError(`${folder} does not come after ${before}.`);
      before = folder;
      return result;
    } catch (error) {
      throw error instanceof ResultsError ? damaged(trials.file, i + 1, error.message, error) : error;
    }
  });
}

function linesOf(text: string, file: string): string[] {
  const lines = text.split('\n');
  if (lines.pop() !== '') throw damaged(file, lines.length + 1, 'the last line is cut off.');
  return lines;
}

function objectOf(text: string, file: string, line: number) {
  const value = parseJson(text, file, line);
  if (!isRow(value)) throw damaged(file, line, 'expected an object.');
  return value;
}

/** A file that sweep.json vouches for. */
async function fileOf(sweep: SweepFile, file: string, name: keyof SweepFile['files']) {
  const bytes = await bytesOf(file);
  if (bytes === null) throw damaged(file, null, `there is no such file, but ${SWEEP_FILE} names it.`);
  const checkHash = (): void => {
    const [expected, found] = [sweep.files[name]?.sha256, sha256(bytes)];
    if (found !== expected) throw damaged(file, null, `its SHA-256 is ${found}, not ${expected} as in ${SWEEP_FILE}.`);
  };
  return { file, bytes, checkHash };
}

async function bytesOf(file: string): Promise<Buffer | null> {
  try {
    const { size } = await stat(file);
    if (size > LARGEST_BYTES) throw damaged(file, null, `${size} bytes; a packed file has at most ${LARGEST_BYTES}.`);
    return await readFile(file);
  } catch (error) {
    if (error instanceof ResultsError) throw error;
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return null;
    throw new ResultsError(`${file}: cannot be read: ${reasonOf(error)}.`, { cause: error });
  }
}
