import { accessSync, constants, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder and those above it, and checks that it can be written to. Throws the system's error, which names the
 * folder.
 *
 * One level at a time: `mkdirSync` with `recursive` never returns for a folder in /proc (Node 20), and says ENOENT
 * instead of EROFS on a read-only file system.
 */
export function makeFolder(path: string): void {
  const missing: string[] = [];
  let there = path;
  while (!existsSync(there)) {
    missing.push(there);
    there = dirname(there);
  }
  readdirSync(there); // ENOTDIR for a file.
  accessSync(there, constants.W_OK | constants.X_OK);
  for (const folder of missing.reverse()) mkdirSync(folder);
}
