import { readFileSync } from 'node:fs';
import { JsonError, parseJson } from '@lomap/files';
import type { z } from 'zod';
import { UsageError, messageOf, systemCode } from '../errors.ts';
import { problemsOf } from './issues.ts';
import { pruned } from './prune.ts';
import { sweepFileSchema, sweepFileSchemaWith, type SweepFile } from './sweep-schema.ts';

/** Every error of a sweep or pretraining file and of the flags that change it, at once, one a line. Exit code 2. */
export class SweepFileError extends UsageError {
  readonly problems: readonly string[];
  constructor(path: string, problems: readonly string[]) {
    const count = problems.length === 1 ? 'one error' : `${problems.length} errors`;
    const where = problems.every((line) => line.startsWith('--')) ? 'The command line' : path;
    super(`${where} has ${count}:\n${problems.map((line) => `  ${line}`).join('\n')}`);
    this.problems = problems;
  }
}

/** Reads a sweep file and checks its keys and types. Throws a SweepFileError with every problem found. */
export function readSweepFile(path: string): SweepFile {
  return readConfigFile(path, 'sweep file', sweepFileSchema);
}

/** Reads a JSON file of a schema. Throws a UsageError that calls it `what`, with every problem found. */
export function readConfigFile<S extends z.ZodType>(path: string, what: string, schema: S): z.infer<S> {
  const value = readJson(path, what);
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = problemsOf(parsed.error.issues, schema, value).map(({ line }) => line);
  throw new SweepFileError(path, problems);
}

/** What can be read of a sweep file, so that it can be checked further, and what is wrong with its keys and types. */
export interface Readable {
  /** Null if nothing of it has the form of a sweep file. */
  readonly file: SweepFile | null;
  readonly problems: readonly string[];
  /** Whether a later problem only follows from these. */
  readonly follows: (line: string) => boolean;
}

/**
 * Reads what a sweep file has, whatever is wrong with its keys and types. Throws a UsageError for what is no JSON.
 *
 * @param further settings of methods beside those that the schema documents
 */
export function readWhatIs(path: string, further: Iterable<string> = []): Readable {
  const schema = sweepFileSchemaWith(further);
  const value = readJson(path, 'sweep file');
  const parsed = schema.safeParse(value);
  if (parsed.success) return { file: parsed.data, problems: [], follows: () => false };
  const problems = problemsOf(parsed.error.issues, schema, value);
  const keys = problems.map(({ line }) => line.slice(0, line.indexOf(': ')));
  const ofMethods = keys.some((key) => key.startsWith('methods[') || key === 'methods');
  return {
    file: pruned(value, schema),
    problems: problems.map(({ line }) => line),
    follows: (line) => {
      const key = line.slice(0, line.indexOf(': '));
      if (keys.includes(key) || line.includes(' have the same settings')) return true;
      if (line.includes(': no method has this label')) return ofMethods;
      const lacks = /: (expected at least one|expected maskedLmTexts|missing)/.test(line);
      return lacks && keys.some((own) => own.startsWith(key));
    },
  };
}

function readJson(path: string, what: string): unknown {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT')
      throw new UsageError(`There is no ${what} ${path}.`, 'Name one with --config FILE.');
    throw new UsageError(`The ${what} ${path} cannot be read: ${messageOf(error)}`);
  }
  if (bytes.length === 0) throw new SweepFileError(path, ['(the file): it is empty, expected a JSON object.']);
  try {
    return parseJson(bytes, path);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw new SweepFileError(
      path,
      error.problems.map((problem) => `(the file): ${problem}`),
    );
  }
}
