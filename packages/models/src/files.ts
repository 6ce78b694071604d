/** Files of a checkpoint folder: read with errors that say what to do, written so that no reader sees half a file. */
import { randomBytes } from 'node:crypto';
import { readFileSync, statSync, type Stats } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseJson } from '@lomap/files';
import { ModelError, reasonOf } from './model-error.ts';

/** The JSON object in a file. @throws ModelError naming the file; `remedy` says how to get a good one. */
export function readJsonObject(path: string, remedy: string): Record<string, unknown> {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new ModelError(`${path} cannot be read: ${reasonOf(error)}. ${remedy}`);
  }
  let value: unknown;
  try {
    value = parseJson(bytes, path);
  } catch (error) {
    throw new ModelError(`${reasonOf(error)} ${remedy}`);
  }
  if (!isObject(value)) throw new ModelError(`${path}: expected a JSON object, found ${kindOf(value)}. ${remedy}`);
  return value;
}

/** What lies at a path; null if nothing does, also where a part of the path is a file or is barred. */
export function statOrNull(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}

/** Whether a parsed JSON value is an object, not an array, string, number, boolean or null. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : `a ${typeof value}`;
}

/**
 * Writes a file by way of a temporary one beside it, flushed to the disk and renamed: the file is absent or whole, also
 * when several processes write it at once. Its folder is made if missing.
 *
 * @throws ModelError naming the file, for example on a full disk; the temporary file is removed.
 */
export async function writeAtomically(path: string, chunks: Iterable<Uint8Array>): Promise<void> {
  const temporary = `${path}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const handle = await open(temporary, 'wx');
    try {
      for (const chunk of chunks) await handle.writeFile(chunk);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined); // the first error is the one to report
    // What making a chunk throws is not about the file.
    if (typeof (error as NodeJS.ErrnoException).code !== 'string') throw error;
    throw new ModelError(`${path} cannot be written: ${reasonOf(error)}. Free the space or choose another folder.`);
  }
}
