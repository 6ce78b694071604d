import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { markUsed } from '../forget-unused.ts';
import { replaceFile } from '../replace-file.ts';

/** Keeps an encoded model in a folder, under a name made of its bytes, and returns that name. */
export function storeModel(bytes: Uint8Array, directory: string): string {
  const name = nameOf(bytes);
  if (!hasModel(name, directory)) {
    mkdirSync(directory, { recursive: true });
    replaceFile(modelFile(name, directory), bytes);
  }
  return name;
}

/** Whether the folder has the model of this name, whole; says to the cache that it is in use. */
export function hasModel(name: string, directory: string): boolean {
  const file = modelFile(name, directory);
  try {
    if (nameOf(readFileSync(file)) !== name) return false;
  } catch {
    return false;
  }
  markUsed(file);
  return true;
}

/** Where the model of this name lies. */
export function modelFile(name: string, directory: string): string {
  return join(directory, `${name}.onnx`);
}

function nameOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 32);
}
