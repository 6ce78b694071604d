/** Files of a repository at one commit, from the cache where they are and from the hub where they are not. */
import { reasonOf } from '@lomap/files';
import { cachedCommit, cachedRepository, rememberCommit, snapshotFile } from './cache.ts';
import { HubError } from './error.ts';
import { explain } from './explain.ts';
import { RequestFailure } from './failure.ts';
import { fromCache } from './from-cache.ts';
import { fromHub } from './from-hub.ts';
import { currentCommit, fileUrl } from './listing.ts';
import type { Download, DownloadOptions } from './options.ts';
import { pinnedRevision } from './pinned.ts';
import { checkRevision, isCommit, parseRepository, type RepositoryType } from './repository.ts';
import { MissingFile, type Selection, type Task } from './selection.ts';
import { hubSettings } from './settings.ts';

/** @throws HubError; the signal's reason if it is aborted. */
export async function downloadSnapshot(
  type: RepositoryType,
  options: DownloadOptions,
  selection: Selection,
): Promise<Download> {
  const { signal, onProgress } = options;
  const { repository, revision: named } = parseRepository(options.repository);
  const pinned = pinnedRevision(type, repository);
  const revision = options.revision ?? named ?? pinned?.revision ?? 'main';
  checkRevision(repository, revision);
  const settings = { ...hubSettings(), ...options.settings };
  const cacheDirectory = options.cacheDirectory ?? settings.cacheDirectory;
  const task: Task = {
    type,
    repository,
    client: { settings, signal },
    cached: cachedRepository(cacheDirectory, type, repository),
    selection,
    sha256: (commit, path) => options.sha256?.[path] ?? (commit === pinned?.revision ? pinned.sha256[path] : undefined),
    onProgress: (progress) => onProgress?.(progress),
  };
  try {
    return await fetchSnapshot(task, revision);
  } catch (error) {
    signal?.throwIfAborted();
    throw explainDisk(error, cacheDirectory);
  }
}

async function fetchSnapshot(task: Task, revision: string): Promise<Download> {
  const { client, cached, selection } = task;
  if (isCommit(revision) && !selection.open) {
    const found = await fromCache(task, revision, true);
    if (!(found instanceof Error)) return found;
  }
  let commit = isCommit(revision) ? revision : await cachedCommit(cached, revision);
  let file = nameOfFirst(selection);
  try {
    if (!isCommit(revision)) {
      commit = await currentCommit(client, task, revision);
      await rememberCommit(cached, revision, commit);
    }
    return await fromHub(task, commit ?? revision, (path) => (file = path));
  } catch (error) {
    if (!(error instanceof RequestFailure)) throw error;
    // What is in the cache will do where the hub cannot be asked.
    if (commit !== null && ['offline', 'network', 'server'].includes(error.kind)) {
      const found = await fromCache(task, commit, false);
      if (!(found instanceof Error)) return found;
      if (found instanceof HubError) throw found;
      file = found.path;
    }
    const { settings } = client;
    const url = fileUrl(settings.endpoint, task, commit ?? revision, file);
    const { type, repository } = task;
    const cachePath = snapshotFile(cached, commit ?? '<commit>', file);
    throw explain(error, { type, repository, revision: commit ?? revision, file, url, cachePath }, settings);
  }
}

/** The file that stands for a selection in messages until more is known. */
function nameOfFirst(selection: Selection): string {
  try {
    return selection.choose(new Set())[0] ?? '';
  } catch (error) {
    if (error instanceof MissingFile) return error.path;
    throw error;
  }
}

/** An error of the file system as one of the cache; others as they are. */
function explainDisk(error: unknown, cacheDirectory: string): unknown {
  const { code, path, syscall } = error as NodeJS.ErrnoException;
  if (typeof code !== 'string' || syscall === undefined) return error;
  return new HubError(
    'disk',
    `The cache folder ${cacheDirectory} cannot be used: ${reasonOf(error)} (${code})${path ? `, ${path}` : ''}. Free some space or change its ` +
      `permissions, or choose another folder with HF_HUB_CACHE.`,
    { cause: error },
  );
}
