/** How hard each example is, where the data says so: the sidecar `levels.tsv` in a task's folder. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError } from '@lomap/tasks';
import type { GlueTask } from './task.ts';
import { readTsv } from './tsv.ts';

const HEADER = ['split', 'index', 'level'];

/**
 * The levels (1 is easiest) of a split's examples by `Example.index`; null if the data has no levels, as real GLUE.
 *
 * @throws DataError naming file and line if the sidecar is malformed.
 */
export async function loadLevels(
  task: Pick<GlueTask, 'folder'>,
  dataDirectory: string,
  split: string,
): Promise<ReadonlyMap<number, number> | null> {
  const file = join(dataDirectory, task.folder, 'levels.tsv');
  const bytes = await readFile(file).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  });
  if (bytes === null) return null;
  const levels = new Map<number, number>();
  readTsv(bytes, file, (cells, line) => {
    const fail = (expected: string) =>
      new DataError(`${file}, line ${line}: expected ${expected}, found "${cells.join(' ')}".`);
    if (line === 1) {
      if (cells.join() !== HEADER.join()) throw fail(`the header ${HEADER.join(', ')}`);
      return;
    }
    const [name, index, level] = cells;
    if (cells.length !== 3 || !isCount(index!) || !isCount(level!)) throw fail('a split, an index and a level');
    if (name !== split) return;
    if (levels.has(Number(index))) throw fail(`each index of ${split} once`);
    levels.set(Number(index), Number(level));
  });
  return levels;
}

function isCount(cell: string): boolean {
  return /^\d{1,9}$/.test(cell);
}
