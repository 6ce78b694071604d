import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { JsonError, parseJson } from '@lomap/files';
import { z } from 'zod';
import { UsageError, messageOf, systemCode } from '../errors.ts';
import type { NamedPlugin } from '../plugins/load.ts';
import { formatPath, problemsOf } from './issues.ts';
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

/**
 * What a sweep file says of its sweep's folders and reports, whatever plugins give the rest a meaning. Throws a
 * SweepFileError as `readSweepFile`.
 */
export function readSweepNames(path: string): Pick<SweepFile, 'name' | 'description'> {
  return readConfigFile(path, 'sweep file', sweepFileSchema.pick({ name: true, description: true }).loose());
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

/**
 * The plugins that a sweep file names, before its meaning is checked: they decide what there is. None for a file whose list
 * has another form, which the schema will say. Throws a UsageError for what is no JSON.
 */
export function pluginsOf(path: string): NamedPlugin[] {
  const parsed = z.looseObject({ plugins: z.array(z.string().min(1)) }).safeParse(readJson(path, 'sweep file'));
  if (!parsed.success) return [];
  return parsed.data.plugins.map((name, i) => ({
    path: resolve(dirname(path), name),
    where: `${path}: ${formatPath(['plugins', i])}`,
  }));
}

function flagOf(what: string): string {
  return what === 'site file' ? '--site' : '--config';
}

function readJson(path: string, what: string): unknown {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT')
      throw new UsageError(`There is no ${what} ${path}.`, `Name one with ${flagOf(what)} FILE.`);
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
