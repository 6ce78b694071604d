import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { UsageError } from '../errors.ts';
import { resolveUserPath } from '../workspace.ts';

/** A folder to read from, and what tables call it. */
export interface Source {
  readonly directory: string;
  /** Written in results: no path of this machine. */
  readonly name: string;
}

/** A folder of tasks' files. Its name is null where it was named as a folder: then each task's suite names its data. */
export interface DataFolder extends Omit<Source, 'name'> {
  readonly name: string | null;
}

/** What the user or the sweep file named, with a path that it would be as a folder. */
export interface Named {
  readonly text: string;
  readonly path: string;
  readonly isFolder: boolean;
  /** Where it was named, for messages. */
  readonly where: string;
}

/**
 * The model or data that was named: by the flag, seen from where the user stands, or else by the sweep file, seen from
 * the file's folder.
 *
 * @throws UsageError if neither names any.
 */
export function named(
  what: 'model' | 'data',
  flag: string | undefined,
  inFile: string | null,
  file: string,
  expected: string,
): Named {
  const text = flag ?? inFile;
  if (text === null) throw new UsageError(`--${what} is missing, and ${file} names none.`, `Give ${expected}`);
  const path = flag === undefined ? resolve(dirname(file), text) : resolveUserPath(text);
  return { text, path, isFolder: existsSync(path), where: flag === undefined ? `${file}: ${what}` : `--${what}` };
}
