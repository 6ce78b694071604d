import { accessSync, constants, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { systemCode } from '../errors.ts';

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
  for (const folder of missing.reverse()) {
    try {
      mkdirSync(folder);
    } catch (error) {
      // Another process was faster. A dangling link or a file stays an error.
      if (systemCode(error) !== 'EEXIST' || !statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw error;
    }
  }
}
