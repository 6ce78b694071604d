/** A task's files: where they are, what is said when one is not, and the hash of all of them. */
import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { reasonOf } from '@lomap/files';
import { DataError } from '@lomap/tasks';
import { parquetLayout, parquetSplit } from './parquet-layout.ts';
import type { GlueTask, SplitName } from './task.ts';

/** The most bytes of one file. GLUE's largest, MNLI's train.tsv with its parse trees, has some hundred million. */
export const MAXIMUM_FILE_BYTES = 2 ** 30;

/** The files of a split, as they lie in the data folder. */
export interface SplitFiles {
  /** `tsv`: GLUE's official layout. `parquet`: the layout of `nyu-mll/glue` on the Hugging Face hub. */
  readonly format: 'tsv' | 'parquet';
  /** Paths relative to the data folder, with `/`, in reading order. A split in TSV is one file. */
  readonly names: readonly string[];
}

/** The path of a split in the official layout: `<dataDirectory>/<folder>/<split>.tsv`. */
export function splitFile(task: GlueTask, dataDirectory: string, split: SplitName): string {
  return join(dataDirectory, task.folder, `${split}.tsv`);
}

/**
 * Finds a split: `<folder>/<split>.tsv` if there is anything of that name, else the hub's Parquet files
 * `<task>/<split>-0000i-of-0000n.parquet`, all n of them.
 *
 * @throws DataError naming both places if neither layout has the split, or the missing files of an incomplete set.
 */
export async function findSplit(task: GlueTask, dataDirectory: string, split: SplitName): Promise<SplitFiles> {
  try {
    await stat(splitFile(task, dataDirectory, split));
    return { format: 'tsv', names: [`${task.folder}/${split}.tsv`] };
  } catch (error) {
    const names = await parquetFiles(task, dataDirectory, split);
    if (names.length > 0) return { format: 'parquet', names };
    throw missing(task, dataDirectory, split, error);
  }
}

/**
 * Where a row lies, for messages: `RTE/dev.tsv, line 5` below the data folder, or the Parquet files and the row's `idx`.
 *
 * @param index as an Example has it.
 */
export async function rowPlace(
  task: GlueTask,
  dataDirectory: string,
  split: SplitName,
  index: number,
): Promise<string> {
  const { format, names } = await findSplit(task, dataDirectory, split);
  const files = names.map((name) => join(dataDirectory, name)).join(', ');
  // A row of TSV is a line.
  return format === 'tsv' ? `${files}, line ${index + (task.layout.header ? 2 : 1)}` : `${files}, row of idx ${index}`;
}

/** The Parquet files of a split, by number; none if there are none. */
async function parquetFiles(task: GlueTask, dataDirectory: string, split: SplitName): Promise<string[]> {
  const layout = parquetLayout(task);
  if (!layout) return [];
  const folder = join(dataDirectory, layout.folder);
  const pattern = new RegExp(`^${parquetSplit(split)}-(\\d{5})-of-(\\d{5})\\.parquet$`);
  const found = (await readdir(folder).catch(() => [])).filter((name) => pattern.test(name)).sort();
  if (found.length === 0) return [];
  const count = Number(pattern.exec(found[0]!)![2]);
  const number = (i: number) => String(i).padStart(5, '0');
  const expected = (i: number) => `${parquetSplit(split)}-${number(i)}-of-${number(count)}.parquet`;
  if (found.length !== count || found.some((name, i) => name !== expected(i))) {
    throw new DataError(
      `${folder} holds ${found.slice(0, 5).join(', ')}: expected the ${count} files ${expected(0)} to ` +
        `${expected(Math.max(0, count - 1))} and no other of this split. Download the folder again.`,
    );
  }
  return found.map((name) => `${layout.folder}/${name}`);
}

function missing(task: GlueTask, dataDirectory: string, split: SplitName, cause: unknown): DataError {
  const layout = parquetLayout(task);
  const file = splitFile(task, dataDirectory, split);
  const onHub = layout && join(dataDirectory, layout.folder, `${parquetSplit(split)}-*.parquet`);
  return new DataError(
    `Cannot read ${file}: ${reasonOf(cause)}${onHub ? `, and there is no ${onHub}` : ''}. ` +
      `${task.title} is read from the folder ${task.folder} of the data folder, in GLUE's official layout: ` +
      allSplits(task)
        .map((name) => `${task.folder}/${name}.tsv`)
        .join(', ') +
      (layout ? `; or from the folder ${layout.folder}, in the layout of nyu-mll/glue on the Hugging Face hub.` : '.'),
    { cause },
  );
}

/**
 * The bytes of a file of the data folder.
 *
 * @param name as in `SplitFiles.names`.
 * @throws DataError if it cannot be read or is larger than any file of GLUE.
 */
export async function readDataFile(dataDirectory: string, name: string): Promise<Buffer> {
  const file = join(dataDirectory, name);
  try {
    const { size } = await stat(file);
    if (size > MAXIMUM_FILE_BYTES) {
      throw new DataError(
        `${file} has ${size} bytes. Expected a file of GLUE, which has at most ${MAXIMUM_FILE_BYTES}.`,
      );
    }
    return await readFile(file);
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw new DataError(`Cannot read ${file}: ${reasonOf(error)}.`, { cause: error });
  }
}

/**
 * SHA-256 (hex) over the task's files, train first, then dev in the task's order: of each its name, its length in
 * bytes and its bytes, as they are on disk. The name (`RTE/dev.tsv`, `rte/validation-00000-of-00001.parquet`) makes the
 * layout a part of the hash: the same examples in TSV and in Parquet are different data.
 *
 * @throws DataError if a file is missing.
 */
export async function dataSha256(task: GlueTask, dataDirectory: string): Promise<string> {
  const hash = createHash('sha256');
  for (const split of allSplits(task)) {
    const { names } = await findSplit(task, dataDirectory, split);
    for (const name of names) {
      const bytes = await readDataFile(dataDirectory, name);
      hash.update(`${name}\n${bytes.length}\n`).update(bytes);
    }
  }
  return hash.digest('hex');
}

function allSplits(task: GlueTask): readonly SplitName[] {
  return [task.splits.train, ...task.splits.dev];
}
