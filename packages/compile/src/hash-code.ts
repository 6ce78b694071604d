import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const hashes = new Map<string, string>();

/**
 * SHA-256 of the code in a folder, its specs and declarations apart: what is kept from one process for the next is made
 * anew by other code. Read once a process.
 */
export function hashCode(folder: string): string {
  const known = hashes.get(folder);
  if (known !== undefined) return known;
  const digest = createHash('sha256');
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.[cm]?[jt]s$/.test(entry.name) && !/\.(d|spec)\.[cm]?ts$/.test(entry.name))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  for (const file of files.sort()) {
    const content = readFileSync(join(folder, file));
    digest.update(`${file} ${content.length}\n`).update(content);
  }
  const hash = digest.digest('hex');
  hashes.set(folder, hash);
  return hash;
}
