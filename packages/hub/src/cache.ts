/**
 * The cache folder in huggingface_hub's layout, which Python reads and writes too:
 *
 *     models--org--name/refs/main                      a commit
 *                       blobs/<etag>                   the bytes; the etag is their SHA-256, or git's SHA-1 of small files
 *                       blobs/<etag>.incomplete        the beginning of them
 *                       snapshots/<commit>/config.json → ../../blobs/<etag>
 *                       .no_exist/<commit>/vocab.txt   empty: the commit has no such file
 */
import { copyFile, link, readdir, readFile, readlink, stat, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { codeOf, replaceFile } from '@lomap/files';
import { HubError } from './error.ts';
import { isCommit, isSafePath, type RepositoryType } from './repository.ts';

/** The places of one repository in the cache. */
export interface CachedRepository {
  readonly directory: string;
  readonly locks: string;
}

export function cachedRepository(cacheDirectory: string, type: RepositoryType, repository: string): CachedRepository {
  const folder = `${type}s--${repository.replace('/', '--')}`;
  return { directory: join(cacheDirectory, folder), locks: join(cacheDirectory, '.locks', folder) };
}

export function snapshotDirectory({ directory }: CachedRepository, commit: string): string {
  return join(directory, 'snapshots', commit);
}

/** @throws HubError if the name could lead out of the folder. */
export function snapshotFile(cached: CachedRepository, commit: string, path: string): string {
  return join(snapshotDirectory(cached, commit), checked(path));
}

export function blobFile({ directory }: CachedRepository, hash: string): string {
  return join(directory, 'blobs', hash);
}

function checked(path: string): string {
  if (isSafePath(path)) return path;
  throw new HubError(
    'server',
    `The repository has a file named ${JSON.stringify(path.slice(0, 200))}, which is not written to this machine: names ` +
      `are relative, without "..", of letters, digits and "_.+=@- ". Choose another revision or repository.`,
  );
}

/** The commit that a branch or tag stood for when it was last looked up; null if it never was. */
export async function cachedCommit({ directory }: CachedRepository, revision: string): Promise<string | null> {
  const text = await readFile(join(directory, 'refs', revision), 'utf8').catch(() => '');
  return isCommit(text.trim()) ? text.trim() : null;
}

export async function rememberCommit(cached: CachedRepository, revision: string, commit: string): Promise<void> {
  if (revision === commit || (await cachedCommit(cached, revision)) === commit) return;
  await remember(join(cached.directory, 'refs', revision), commit);
}

/** The files of a snapshot whose bytes are there, with `/`; links to nothing are not among them. */
export async function cachedFiles(cached: CachedRepository, commit: string): Promise<Set<string>> {
  const root = snapshotDirectory(cached, commit);
  const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
  const found = await Promise.all(
    entries.map(async (entry) => {
      const path = join(entry.parentPath, entry.name);
      const isFile = entry.isFile() || ((await stat(path).catch(() => null))?.isFile() ?? false);
      return isFile ? [relative(root, path).replaceAll('\\', '/')] : [];
    }),
  );
  return new Set(found.flat());
}

/** The hash that the name of a snapshot file's blob says; null if it is no link, as where links cannot be made. */
export async function linkedHash(file: string): Promise<string | null> {
  const target = await readlink(file).catch(() => '');
  const name = basename(target.replaceAll('\\', '/'));
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(name) ? name : null;
}

export async function isKnownAbsent({ directory }: CachedRepository, commit: string, path: string): Promise<boolean> {
  return (await stat(join(directory, '.no_exist', commit, path)).catch(() => null)) !== null;
}

export async function rememberAbsent(cached: CachedRepository, commit: string, path: string): Promise<void> {
  if (await isKnownAbsent(cached, commit, path)) return;
  await replaceFile(join(cached.directory, '.no_exist', commit, checked(path)), (temporary) =>
    writeFile(temporary, ''),
  );
}

/** Makes a snapshot's file point to a blob: a relative link, or a hard link or a copy where the system has no links. */
export async function pointToBlob(cached: CachedRepository, commit: string, path: string, hash: string): Promise<void> {
  const file = snapshotFile(cached, commit, path);
  const blob = blobFile(cached, hash);
  await replaceFile(file, async (temporary) => {
    try {
      await symlink(relative(dirname(file), blob), temporary);
    } catch (error) {
      if (codeOf(error) === 'ENOSPC') throw error;
      await link(blob, temporary).catch(() => copyFile(blob, temporary));
    }
  });
}

/** Writes down what saves a question next time. A cache that cannot be written to is asked again, and that is all. */
async function remember(file: string, text: string): Promise<void> {
  await replaceFile(file, (temporary) => writeFile(temporary, text)).catch(() => undefined);
}

/** The size of a file; null if there is none. */
export async function sizeOf(file: string): Promise<number | null> {
  return (await stat(file).catch(() => null))?.size ?? null;
}
