import { readFileSync } from 'node:fs';
import { UsageError, messageOf, systemCode } from '../errors.ts';
import { describeIssues } from './issues.ts';
import { sweepFileSchema, type SweepFile } from './sweep-schema.ts';

/** Every error of a sweep file and of the flags that change it, at once, one a line. Exit code 2. */
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
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT')
      throw new UsageError(`There is no sweep file ${path}.`, 'Name one with --config FILE.');
    throw new UsageError(`The sweep file ${path} cannot be read: ${messageOf(error)}`);
  }
  if (text.trim() === '') throw new SweepFileError(path, ['(the file): it is empty, expected a JSON object.']);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new SweepFileError(path, [`(the file): not JSON: ${messageOf(error)}.`]);
  }
  const parsed = sweepFileSchema.safeParse(value);
  if (!parsed.success) throw new SweepFileError(path, describeIssues(parsed.error.issues, sweepFileSchema));
  return parsed.data;
}
