/** Files of a checkpoint folder: read with errors that say what to do, written so that no reader sees half a file. */
import { readFileSync, statSync, type Stats } from 'node:fs';
import { codeOf, failureOf, parseJson, reasonOf, writeWhole } from '@lomap/files';
import { ModelError } from './model-error.ts';

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
 * Writes a file whole or not at all, as `writeWhole` does.
 *
 * @throws ModelError naming the file, for example on a full disk; those that come with the chunks as they are.
 */
export async function writeAtomically(path: string, chunks: Iterable<Uint8Array>): Promise<void> {
  try {
    await writeWhole(path, chunks);
  } catch (error) {
    // What making a chunk throws is not about the file.
    if (codeOf(error) === '') throw error;
    throw new ModelError(`${path} cannot be written: ${failureOf(error)}`);
  }
}
