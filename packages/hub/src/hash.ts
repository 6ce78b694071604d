/** Hashes of files as the hub gives them. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';

export interface FileHashes {
  readonly bytes: number;
  /** SHA-256, hex: the hub's etag of a file in LFS or Xet. */
  readonly sha256: string;
  /** Git's SHA-1 of the file as a blob, hex: the hub's etag of every other file. Null if it was not asked for. */
  readonly git: string | null;
}

/** Reads a file once. Git's hash is SHA-1 of `blob <bytes>\0` and the bytes. */
export async function hashFile(file: string, withGit: boolean, signal?: AbortSignal): Promise<FileHashes> {
  const sha256 = createHash('sha256');
  const git = withGit ? createHash('sha1').update(`blob ${(await stat(file)).size}\0`) : null;
  let bytes = 0;
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20, ...(signal && { signal }) })) {
    bytes += (chunk as Buffer).length;
    sha256.update(chunk as Buffer);
    git?.update(chunk as Buffer);
  }
  return { bytes, sha256: sha256.digest('hex'), git: git?.digest('hex') ?? null };
}

/** What a file must be. Absent parts are not known. */
export interface ExpectedContent {
  readonly bytes?: number | undefined;
  /** The hub's hash: SHA-256 (64 digits) or git's SHA-1 (40). */
  readonly hash?: string | null | undefined;
  /** SHA-256 that the caller, or this package, knows from elsewhere. */
  readonly sha256?: string | undefined;
}

/** What is wrong with a file's content: what was expected and what was found. Null if it is as expected. */
export async function compareFile(
  file: string,
  expected: ExpectedContent,
  signal?: AbortSignal,
): Promise<{ readonly found: FileHashes; readonly fault: string | null }> {
  const isGit = expected.hash?.length === 40;
  const found = await hashFile(file, isGit, signal);
  const differs = (what: string, wanted: string | number | undefined | null, is: string | number | null) =>
    wanted !== undefined && wanted !== null && wanted !== is ? `expected ${what} ${wanted}, found ${is}` : null;
  const fault =
    differs('bytes:', expected.bytes, found.bytes) ??
    (isGit ? differs('git SHA-1', expected.hash, found.git) : differs('SHA-256', expected.hash, found.sha256)) ??
    differs('the pinned SHA-256', expected.sha256, found.sha256);
  return { found, fault };
}
