import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
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

/** Whether the folder has the model of this name, whole. */
export function hasModel(name: string, directory: string): boolean {
  try {
    return nameOf(readFileSync(modelFile(name, directory))) === name;
  } catch {
    return false;
  }
}

/** Where the model of this name lies. */
export function modelFile(name: string, directory: string): string {
  return join(directory, `${name}.onnx`);
}

function nameOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 32);
}
