/**
 * How packed files replace older ones so that a reader, and a kill, find the old set or the new one whole: the new files
 * are written into a hidden folder, which gets its name when they are all there. From then on each of them goes before
 * the file beside the folder, until it has been moved over it.
 */
import { existsSync } from 'node:fs';
import { mkdir, open, rename, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileWhole } from '../files.ts';
import { PACKED_FILES } from './sweep-file.ts';

const STAGED = '.packed';
const PARTIAL = '.packed.partial';

/** Where the packed file of a name lies now. */
export function placeOf(directory: string, name: string): string {
  const staged = join(directory, STAGED, name);
  return existsSync(staged) ? staged : join(directory, name);
}

/** Writes files into the folder that nobody reads yet, and returns it: a packed sweep of its own, to be read back. */
export async function stage(directory: string, files: ReadonlyMap<string, Uint8Array>): Promise<string> {
  const partial = join(directory, PARTIAL);
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial);
  for (const [name, bytes] of files) await writeFileWhole(join(partial, name), bytes);
  await sync(partial);
  return partial;
}

/** Makes what `stage` wrote the sweep's packed files. */
export async function commit(directory: string, onMove: (file: string) => void): Promise<void> {
  await rename(join(directory, PARTIAL), join(directory, STAGED));
  await sync(directory);
  await finishCommit(directory, onMove);
}

/** Moves into place what a `commit` that was stopped has left, and removes what a stopped `stage` has. */
export async function finishCommit(directory: string, onMove: (file: string) => void): Promise<void> {
  await rm(join(directory, PARTIAL), { recursive: true, force: true });
  const staged = join(directory, STAGED);
  if (!existsSync(staged)) return;
  for (const name of PACKED_FILES) {
    if (!existsSync(join(staged, name))) continue;
    onMove(name);
    await rename(join(staged, name), join(directory, name));
  }
  await rmdir(staged);
  await sync(directory);
}

/** Syncs a folder's entries to disk, where the system can. */
async function sync(directory: string): Promise<void> {
  const handle = await open(directory, 'r').catch(() => null);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}
