import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ResultsError } from './error.ts';

/** Temporary files that are being written: a process that exits meanwhile, at a signal say, takes them away. */
const unfinished = new Set<string>();
const removeUnfinished = (): void => {
  for (const file of unfinished) rmSync(file, { force: true });
};

/**
 * Writes a file whole or not at all: into a temporary file beside it, synced to disk, then renamed over the old one.
 * Creates the folder if need be. On failure the temporary file is removed, an older file stays as it was, and a
 * ResultsError says what to do.
 *
 * Not write-file-atomic: that makes one write(2) of the text and takes a short count for success, so that a disk
 * which fills up in the middle leaves a truncated file under the final name.
 */
export async function writeFileWhole(file: string, data: string | Uint8Array): Promise<void> {
  const temporary = `${file}.${randomUUID()}.tmp`;
  if (unfinished.size === 0) process.once('exit', removeUnfinished);
  unfinished.add(temporary);
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeSynced(temporary, data);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined); // the first error is the one to tell
    throw new ResultsError(`${file}: cannot be written: ${reason(error)}`, { cause: error });
  } finally {
    unfinished.delete(temporary);
    if (unfinished.size === 0) process.off('exit', removeUnfinished);
  }
}

async function writeSynced(file: string, data: string | Uint8Array): Promise<void> {
  const handle = await open(file, 'wx');
  try {
    await handle.writeFile(data);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const reasons: Record<string, string> = {
  ENOSPC: 'the disk is full. Free some space and run again; nothing already finished is lost.',
  EDQUOT: 'the disk quota is used up. Free some space and run again; nothing already finished is lost.',
  EFBIG: 'the file would be larger than the system allows.',
  EACCES: 'no permission to write in this folder. Change its permissions or choose another folder.',
  EPERM: 'no permission to write in this folder. Change its permissions or choose another folder.',
  EROFS: 'the file system is read-only. Choose another folder.',
  ENOTDIR: 'a part of its path is a file, not a folder. Move that file or choose another folder.',
  EEXIST: 'a part of its path is a file, not a folder. Move that file or choose another folder.',
  EISDIR: 'a folder of that name is in the way. Move it or choose another folder.',
};

/** What a failed file operation means, as a sentence or two. */
export function reason(error: unknown): string {
  return reasons[codeOf(error)] ?? `${error instanceof Error ? error.message : String(error)}.`;
}

/** The code of a system error, such as ENOENT; empty for any other. */
export function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}
