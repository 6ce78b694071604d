import { readFileSync } from 'node:fs';
import { JsonError, parseJson } from '@lomap/files';
import type { z } from 'zod';
import { UsageError, messageOf, systemCode } from '../errors.ts';
import { describeIssues } from './issues.ts';
import { sweepFileSchema, type SweepFile } from './sweep-schema.ts';

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
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT')
      throw new UsageError(`There is no ${what} ${path}.`, 'Name one with --config FILE.');
    throw new UsageError(`The ${what} ${path} cannot be read: ${messageOf(error)}`);
  }
  let value: unknown;
  try {
    value = parseJson(bytes, path);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw new SweepFileError(
      path,
      error.problems.map((problem) => `(the file): ${problem}`),
    );
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new SweepFileError(path, describeIssues(parsed.error.issues, schema));
  return parsed.data;
}
