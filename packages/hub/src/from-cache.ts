import { cachedFiles, isKnownAbsent, linkedHash, snapshotDirectory, snapshotFile } from './cache.ts';
import { HubError } from './error.ts';
import { localCopy } from './explain.ts';
import { compareFile } from './hash.ts';
import type { Download, DownloadedFile } from './options.ts';
import { MissingFile, type Task } from './selection.ts';

/**
 * The download, if the cache has all of it and its bytes are what they should be; else what is wrong. Nothing is written.
 *
 * @param strict whether it must also be known of every optional file that it is there or that there is none.
 */
export async function fromCache(
  task: Task,
  commit: string,
  strict: boolean,
): Promise<Download | MissingFile | HubError> {
  try {
    const paths = await choose(task, commit, strict);
    const files: DownloadedFile[] = [];
    for (const path of paths) files.push(await check(task, commit, path));
    for (const [i, { path, bytes }] of files.entries()) {
      task.onProgress({
        ...{ repository: task.repository, file: path, received: bytes, total: bytes, resumed: 0 },
        ...{ cached: true, fileNumber: i + 1, fileCount: files.length },
      });
    }
    return { directory: snapshotDirectory(task.cached, commit), repository: task.repository, revision: commit, files };
  } catch (error) {
    if (error instanceof MissingFile || error instanceof HubError) return error;
    throw error;
  }
}

/** The wanted files, all of them in the cache. */
async function choose({ cached, selection }: Task, commit: string, strict: boolean): Promise<readonly string[]> {
  const paths = await cachedFiles(cached, commit);
  const chosen = selection.choose(paths);
  if (strict) {
    for (const path of selection.optional) {
      if (!paths.has(path) && !(await isKnownAbsent(cached, commit, path))) throw new MissingFile(path, 'is not known');
    }
  }
  const further = await selection.further(snapshotDirectory(cached, commit), chosen);
  const missing = further.find((path) => !paths.has(path));
  if (missing !== undefined) throw new MissingFile(missing, `has no ${missing}`);
  return [...chosen, ...further];
}

/** Compares a file with what the name of its blob, and this package or the caller, say of it. */
async function check(task: Task, commit: string, path: string): Promise<DownloadedFile> {
  const file = snapshotFile(task.cached, commit, path);
  const expected = { hash: await linkedHash(file), sha256: task.sha256(commit, path) };
  const { found, fault } = await compareFile(file, expected, task.client.signal);
  if (!fault) return { path, sha256: found.sha256, bytes: found.bytes };
  throw new HubError(
    'damaged',
    `${file} is damaged: ${fault}. Run the same command where the hub can be reached, and it is fetched again. ` +
      localCopy(task),
  );
}
