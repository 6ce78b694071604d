/**
 * What a repository holds, asked of @huggingface/hub: commits of branches, lists of files with their hashes. It is loaded
 * when it is first needed, since a run whose files are all in the cache never is.
 */
import { type Client, hubFetch } from './client.ts';
import { RequestFailure } from './failure.ts';
import { isCommit, type RepositoryType } from './repository.ts';

/** A repository of the hub. */
export interface Repository {
  readonly type: RepositoryType;
  readonly repository: string;
}

/** A file as the list of files has it. */
export interface ListedFile {
  readonly path: string;
  readonly bytes: number;
  /** SHA-256 of a file in LFS or Xet, else git's SHA-1. */
  readonly hash: string;
}

/** The most files that are listed. The folders that models and GLUE are in have some dozens. */
const MAXIMUM_FILES = 20_000;

/** The address of a file at a revision. */
export function fileUrl(endpoint: string, { type, repository }: Repository, revision: string, path: string): string {
  const folder = type === 'dataset' ? 'datasets/' : '';
  const file = path.split('/').map(encodeURIComponent).join('/');
  return `${endpoint}/${folder}${repository}/resolve/${encodeURIComponent(revision)}/${file}`;
}

/** A repository's page for people. */
export function pageUrl(endpoint: string, { type, repository }: Repository): string {
  return `${endpoint}/${type === 'dataset' ? 'datasets/' : ''}${repository}`;
}

/** The commit that a branch, tag or shortened commit stands for now. @throws RequestFailure */
export async function currentCommit(
  client: Client,
  { type, repository }: Repository,
  revision: string,
): Promise<string> {
  const { datasetInfo, modelInfo } = await import('@huggingface/hub');
  const about = { name: repository, revision, hubUrl: client.settings.endpoint, fetch: hubFetch(client) };
  const { sha }: { sha?: unknown } = await understood(client, () =>
    type === 'model'
      ? modelInfo({ ...about, additionalFields: ['sha'] })
      : datasetInfo({ ...about, additionalFields: ['sha'] }),
  );
  if (typeof sha === 'string' && isCommit(sha)) return sha;
  throw new RequestFailure('server', client.settings.endpoint, `no commit, but ${String(sha).slice(0, 100)}`);
}

/** The files of folders at a commit, those of their folders not among them; none of a folder that is not there. */
export async function listFolders(
  client: Client,
  { type, repository }: Repository,
  commit: string,
  folders: readonly string[],
): Promise<Map<string, ListedFile>> {
  const { listFiles } = await import('@huggingface/hub');
  const found = new Map<string, ListedFile>();
  const fetch = hubFetch(client);
  for (const folder of folders) {
    const path = folder.split('/').map(encodeURIComponent).join('/');
    await understood(client, async () => {
      const entries = listFiles({
        repo: { type, name: repository },
        revision: commit,
        hubUrl: client.settings.endpoint,
        fetch,
        ...(path && { path }),
      });
      try {
        for await (const entry of entries) {
          const file = listedFile(entry);
          if (file) found.set(file.path, file);
          if (found.size > MAXIMUM_FILES) throw new Error(`more than ${MAXIMUM_FILES} files`);
        }
      } catch (error) {
        if (!(error instanceof RequestFailure && error.kind === 'noFile')) throw error;
      }
    });
  }
  return found;
}

/** An entry of the server's list, checked; null for what is no file. */
function listedFile(entry: unknown): ListedFile | null {
  type Entry = {
    type?: unknown;
    path?: unknown;
    size?: unknown;
    oid?: unknown;
    lfs?: { oid?: unknown; size?: unknown } | null;
  };
  const { type, path, size, oid, lfs } = (entry ?? {}) as Entry;
  if (type !== 'file') return null;
  const hash = lfs ? lfs.oid : oid;
  const bytes = lfs ? lfs.size : size;
  const isHash = typeof hash === 'string' && (lfs ? /^[0-9a-f]{64}$/ : /^[0-9a-f]{40}$/).test(hash);
  if (typeof path !== 'string' || !isHash || !Number.isSafeInteger(bytes) || (bytes as number) < 0) {
    throw new Error(`a file without name, size or hash: ${JSON.stringify(entry).slice(0, 200)}`);
  }
  return { path, bytes: bytes as number, hash };
}

/** Calls @huggingface/hub; anything but a failed request means that the answer was not what it should be. */
async function understood<T>(client: Client, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    client.signal?.throwIfAborted();
    if (error instanceof RequestFailure) throw error;
    const found = error instanceof Error ? error.message : String(error);
    throw new RequestFailure('server', client.settings.endpoint, `an answer that is not understood: ${found}`, {
      cause: error,
    });
  }
}
