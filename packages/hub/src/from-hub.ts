import { blobFile, pointToBlob, rememberAbsent, snapshotDirectory, snapshotFile } from './cache.ts';
import { HubError } from './error.ts';
import { localCopy } from './explain.ts';
import { RequestFailure } from './failure.ts';
import { compareFile } from './hash.ts';
import { fileUrl, type ListedFile, listFolders } from './listing.ts';
import type { Download, DownloadedFile, DownloadProgress } from './options.ts';
import { MissingFile, type Task } from './selection.ts';
import { fetchBlob, fileInfo } from './transfer.ts';

/**
 * Lists the repository and fetches what the cache does not have as it should be.
 *
 * @param about is told which file is next, for messages.
 * @throws RequestFailure, HubError
 */
export async function fromHub(task: Task, commit: string, about: (path: string) => void): Promise<Download> {
  const { client, cached, selection, repository } = task;
  const listed = await listFolders(client, task, commit, selection.folders);
  const chosen = choose(task, commit, listed);
  for (const path of selection.optional) {
    if (!listed.has(path)) await rememberAbsent(cached, commit, path);
  }
  const files: DownloadedFile[] = [];
  const fetchAll = async (paths: readonly string[]) => {
    const fileCount = files.length + paths.length;
    for (const path of paths) {
      about(path);
      const file = listed.get(path);
      if (!file) {
        const found = `${repository} at ${commit} names a file that it does not have: ${path}`;
        throw new HubError('missing', `${found}. Choose another revision. ${localCopy(task)}`);
      }
      files.push(await fetchFile(task, commit, file, { fileNumber: files.length + 1, fileCount }));
    }
  };
  const directory = snapshotDirectory(cached, commit);
  await fetchAll(chosen);
  await fetchAll(await selection.further(directory, chosen));
  return { directory, repository, revision: commit, files };
}

function choose(task: Task, commit: string, listed: ReadonlyMap<string, ListedFile>): readonly string[] {
  try {
    return task.selection.choose(new Set(listed.keys()));
  } catch (error) {
    if (!(error instanceof MissingFile)) throw error;
    const { repository } = task;
    const some = [...listed.keys()].slice(0, 12).map((path) => path.slice(0, 100));
    throw new HubError(
      'missing',
      `${repository} at ${commit} ${error.message}. It has ${some.join(', ') || 'no files in that folder'}. Choose another ` +
        `repository, or another revision with ${repository}@revision. ${localCopy(task)}`,
      { cause: error },
    );
  }
}

/** Fetches one file and links it into the snapshot, or finds that it is there. */
async function fetchFile(
  task: Task,
  commit: string,
  { path, hash, bytes }: ListedFile,
  place: Pick<DownloadProgress, 'fileNumber' | 'fileCount'>,
): Promise<DownloadedFile> {
  const { client, cached, repository } = task;
  const file = snapshotFile(cached, commit, path);
  const sha256 = task.sha256(commit, path);
  const tell = (received: number, resumed: number, cachedFile: boolean) =>
    task.onProgress({
      ...{ repository, file: path, received, total: bytes, resumed, cached: cachedFile },
      ...place,
    });

  const here = await compareFile(file, { hash, bytes, sha256 }, client.signal).catch(() => null);
  client.signal?.throwIfAborted();
  if (here && !here.fault) {
    tell(bytes, 0, true);
    return { path, sha256: here.found.sha256, bytes };
  }
  const url = fileUrl(client.settings.endpoint, task, commit, path);
  const info = await fileInfo(client, url);
  const disagree = (what: string, inList: string | number, inHeaders: string | number) =>
    new RequestFailure('server', url, `the list of files says ${what} ${inList}, its own headers say ${inHeaders}`);
  if (info.hash !== null && info.hash !== hash) throw disagree('hash', hash, info.hash);
  if (info.bytes !== null && info.bytes !== bytes) throw disagree('bytes:', bytes, info.bytes);
  if (info.commit !== null && info.commit !== commit) throw disagree('commit', commit, info.commit);
  const wanted = { url, blob: blobFile(cached, hash), lock: `${cached.locks}/${hash}.lomap.lock`, bytes, hash, sha256 };
  const found = await fetchBlob(client, wanted, (received, resumed) => tell(received, resumed, false));
  await pointToBlob(cached, commit, path, hash);
  return { path, sha256: found, bytes };
}
