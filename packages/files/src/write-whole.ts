import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Temporary files that are being written: a process that exits meanwhile, at a signal say, takes them away. */
const unfinished = new Set<string>();
const removeUnfinished = (): void => {
  for (const file of unfinished) rmSync(file, { force: true });
};

/**
 * Writes a file whole or not at all, synced to disk; creates its folder if need be. Several processes may write the same file
 * at once: it is one of theirs, whole.
 *
 * Not write-file-atomic: that makes one write(2) of the text and takes a short count for success, so that a disk
 * which fills up in the middle leaves a truncated file under the final name.
 *
 * @param data the content, or parts of it that are written one after another
 * @param temporary as in `replaceFile`
 * @throws the system's error, which `failureOf` puts into words; an older file stays as it was.
 */
export async function writeWhole(
  file: string,
  data: string | Uint8Array | Iterable<Uint8Array>,
  temporary?: string,
): Promise<void> {
  const parts = typeof data === 'string' || ArrayBuffer.isView(data) ? [data] : data;
  await replaceFile(file, (path) => writeSynced(path, parts), temporary);
}

/**
 * Makes a file, or a link, under another name beside its place, then renames it: the file is absent, the old one or the new
 * one for everybody. What was made is removed again on a failure, and where the process exits in the middle.
 *
 * @param temporary the other name; one that stays the same for a file that one process writes, so that what a kill -9 leaves
 *   is written over the next time
 */
export async function replaceFile(
  file: string,
  make: (temporary: string) => Promise<void>,
  temporary = `${file}.${randomUUID()}.tmp`,
): Promise<void> {
  if (unfinished.size === 0) process.once('exit', removeUnfinished);
  unfinished.add(temporary);
  try {
    await mkdir(dirname(file), { recursive: true });
    await make(temporary);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined); // the first error is the one to tell
    throw error;
  } finally {
    unfinished.delete(temporary);
    if (unfinished.size === 0) process.off('exit', removeUnfinished);
  }
}

async function writeSynced(file: string, parts: Iterable<string | Uint8Array>): Promise<void> {
  const handle = await open(file, 'w');
  try {
    for (const part of parts) await handle.writeFile(part);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
