/** The synthetic suite on disk: a data folder in GLUE's official layout. */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { glueTask } from '@lomap/glue';
import { DataError, type DataSource } from '@lomap/tasks';
import { SYNTHETIC_SUITE } from './frozen.ts';
import { generateFiles } from './generate.ts';
import { syntheticTasks } from './tasks/registry.ts';

/** What was written or found. */
export interface WrittenSuite {
  readonly directory: string;
  /** False if the suite was there already. */
  readonly written: boolean;
}

/**
 * Writes the suite to a folder, or verifies the one that is there by its files' hashes. It is made in a folder beside
 * it and renamed when complete, so that a run cut short leaves nothing half; of two processes that write at once, the
 * one that is second uses the first one's.
 *
 * @throws DataError if the folder holds something else: nothing of the user's is overwritten.
 */
export async function writeSyntheticSuite(directory: string): Promise<WrittenSuite> {
  const target = resolve(directory);
  if (await isThere(target)) return { directory: target, written: false };
  await mkdir(dirname(target), { recursive: true });
  const scratch = await mkdtemp(join(dirname(target), `.${basename(target)}-`));
  try {
    for (const task of syntheticTasks) {
      const folder = join(scratch, glueTask(task.name).folder);
      await mkdir(folder);
      for (const [name, text] of generateFiles(task)) await writeFile(join(folder, name), text);
    }
    await rename(scratch, target);
    return { directory: target, written: true };
  } catch (error) {
    await rm(scratch, { recursive: true, force: true });
    const code = (error as NodeJS.ErrnoException).code;
    if ((code === 'ENOTEMPTY' || code === 'EEXIST') && (await isThere(target)))
      return { directory: target, written: false };
    throw error;
  }
}

/** SHA-256 (hex) over a task folder's files in the order given: of each its name, its length in bytes and its bytes. */
export function folderSha256(files: ReadonlyMap<string, string | Buffer>): string {
  const hash = createHash('sha256');
  for (const [name, content] of files) {
    const bytes = Buffer.from(content);
    hash.update(`${name}\n${bytes.length}\n`).update(bytes);
  }
  return hash.digest('hex');
}

/** The names of the files of a task's folder, in the order of their hash. */
export function fileNames(name: string): string[] {
  const { splits } = glueTask(name);
  return [...[splits.train, ...splits.dev].map((split) => `${split}.tsv`), 'levels.tsv'];
}

/** Whether all of the suite is there, and only the frozen one; false if there is no such folder. */
async function isThere(directory: string): Promise<boolean> {
  const { sha256, name: suite, version } = SYNTHETIC_SUITE;
  let found = 0;
  for (const [name, expected] of Object.entries(sha256)) {
    const folder = join(directory, glueTask(name).folder);
    const files = await readFiles(folder, fileNames(name));
    if (!files) break;
    const hash = folderSha256(files);
    if (hash !== expected) {
      throw new DataError(
        `${folder} is not that of the ${suite} suite, version ${version}: its SHA-256 is ${hash}, expected ${expected}. ` +
          `Name another folder, or delete ${directory} to have it written anew.`,
      );
    }
    found++;
  }
  if (found === Object.keys(sha256).length) return true;
  if (await isEmptyOrMissing(directory)) return false;
  throw new DataError(
    `${directory} holds something, but not all of the ${suite} suite, version ${version}. Name another folder, or ` +
      `delete this one to have the suite written there.`,
  );
}

async function readFiles(folder: string, names: readonly string[]): Promise<Map<string, Buffer> | undefined> {
  const files = new Map<string, Buffer>();
  try {
    for (const name of names) files.set(name, await readFile(join(folder, name)));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  return files;
}

async function isEmptyOrMissing(directory: string): Promise<boolean> {
  try {
    return (await readdir(directory)).length === 0;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return true;
    throw error;
  }
}

const { name, version } = SYNTHETIC_SUITE;

/** `--data synthetic`: the suite, made in the cache's folder the first time. */
export const syntheticSource: DataSource = {
  name,
  title: 'the synthetic suite',
  tasks: syntheticTasks.map((task) => glueTask(task.name)),
  async provide({ cacheDirectory }) {
    const { directory } = await writeSyntheticSuite(join(cacheDirectory, `${name}-v${version}`));
    return { directory, name: `${name}-v${version}` };
  },
};
