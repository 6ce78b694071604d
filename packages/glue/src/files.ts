/** A task's files: where they are, what is said when one is not, and the hash of all of them. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError } from './data-error.ts';
import type { GlueTask, SplitName } from './task.ts';

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'permission denied',
};

/** The path of a split in the official layout: `<dataDirectory>/<folder>/<split>.tsv`. */
export function splitFile(task: GlueTask, dataDirectory: string, split: SplitName): string {
  return join(dataDirectory, task.folder, `${split}.tsv`);
}

/** @throws DataError if the file is missing, unreadable or no file. */
export async function readSplitFile(task: GlueTask, dataDirectory: string, split: SplitName): Promise<Buffer> {
  const file = splitFile(task, dataDirectory, split);
  try {
    return await readFile(file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const reason = REASONS[code ?? ''] ?? String(error);
    throw new DataError(
      `Cannot read ${file}: ${reason}. ${task.title} is read from the folder ${task.folder} of the data folder, ` +
        `in GLUE's official layout: ${allSplits(task)
          .map((name) => `${task.folder}/${name}.tsv`)
          .join(', ')}.`,
      { cause: error },
    );
  }
}

/**
 * SHA-256 (hex) over the task's files, train first, then dev in the task's order: of each its name, its length in
 * bytes and its bytes, as they are on disk.
 *
 * @throws DataError if a file is missing.
 */
export async function dataSha256(task: GlueTask, dataDirectory: string): Promise<string> {
  const hash = createHash('sha256');
  for (const split of allSplits(task)) {
    const bytes = await readSplitFile(task, dataDirectory, split);
    hash.update(`${task.folder}/${split}.tsv\n${bytes.length}\n`).update(bytes);
  }
  return hash.digest('hex');
}

function allSplits(task: GlueTask): readonly SplitName[] {
  return [task.splits.train, ...task.splits.dev];
}
