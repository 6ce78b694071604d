/**
 * Fetches a file into the cache. @huggingface/hub's downloadFileToCacheDir is not used for it: it starts anew after a cut,
 * does not compare the bytes with their hash, names blobs by another hash than Python does, and lets two processes write
 * one file. fileDownloadInfo is not either: it follows the redirection whose headers tell hash and size.
 */
import { open, mkdir, rename, rm, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { sizeOf } from './cache.ts';
import { type Answer, type Client, readBody, request, withRetries } from './client.ts';
import { HubError } from './error.ts';
import { RequestFailure } from './failure.ts';
import { compareFile } from './hash.ts';
import { withLock } from './lock.ts';

/** What the hub says of a file before it is fetched. */
export interface FileInfo {
  /** SHA-256 (64 hexadecimal digits) or git's SHA-1 (40); null if the server gives neither. */
  readonly hash: string | null;
  readonly bytes: number | null;
  readonly commit: string | null;
}

/** Asks for a file's hash, size and commit: the headers of the hub's own answer, before it sends on to another host. */
export async function fileInfo(client: Client, url: string): Promise<FileInfo> {
  return withRetries(client, async () => {
    const { response, abort } = await request(client, url, {
      method: 'HEAD',
      stopAt: ({ status, headers }) => status < 400 && headers.has('x-linked-etag'),
    });
    abort();
    const { headers } = response;
    const etag = (headers.get('x-linked-etag') ?? headers.get('etag') ?? '').replace(/^W\//, '').replaceAll('"', '');
    const size = headers.get('x-linked-size') ?? (response.ok ? headers.get('content-length') : null);
    return {
      hash: /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(etag) ? etag : null,
      bytes: size !== null && /^\d{1,15}$/.test(size) ? Number(size) : null,
      commit: headers.get('x-repo-commit'),
    };
  });
}

/** A file to be fetched. */
export interface Wanted {
  readonly url: string;
  /** Where its bytes go. */
  readonly blob: string;
  readonly lock: string;
  readonly bytes: number;
  readonly hash: string;
  /** SHA-256 known from elsewhere. */
  readonly sha256?: string | undefined;
}

/** Bytes that are there, and how many of them were there before. */
export type OnBytes = (received: number, resumed: number) => void;

/**
 * Fetches a file into `<blob>.incomplete`, checks it and renames it. What is there of it is kept: a cut transfer goes on
 * with the next try or the next call. Returns at once if the file is there and is what it should be.
 *
 * @returns its SHA-256, hex.
 * @throws HubError if its bytes are not what was announced (they are deleted), or if the disk is full; RequestFailure.
 */
export async function fetchBlob(client: Client, wanted: Wanted, onBytes: OnBytes): Promise<string> {
  const { blob, lock, bytes } = wanted;
  await mkdir(dirname(blob), { recursive: true });
  return withLock(lock, client.signal, async () => {
    // Another process may have been at it.
    if ((await sizeOf(blob)) === bytes) {
      const { found, fault } = await compareFile(blob, wanted, client.signal);
      if (!fault) return found.sha256;
    }
    const incomplete = `${blob}.incomplete`;
    for (;;) {
      const resumed = await transfer(client, wanted, incomplete, onBytes);
      const { found, fault } = await compareFile(incomplete, wanted, client.signal);
      if (!fault) {
        await rename(incomplete, blob);
        return found.sha256;
      }
      await rm(incomplete, { force: true });
      // The beginning was of an earlier call, and may have been damaged since: once more from the start.
      if (resumed === 0) throw damaged(wanted, fault);
    }
  });
}

function damaged({ url, blob }: Wanted, fault: string): HubError {
  return new HubError(
    'damaged',
    `${url} did not send what it announced: ${fault}. The file was deleted (${blob}). Run the same command again; if it ` +
      `happens again, a proxy or mirror in between changes files (HF_ENDPOINT), or the repository was changed: choose ` +
      `another revision with org/name@revision.`,
  );
}

/** Fetches what is missing of a file. Returns how much was there before. */
async function transfer(client: Client, wanted: Wanted, incomplete: string, onBytes: OnBytes): Promise<number> {
  const { url, bytes } = wanted;
  let resumed = await startingPoint(incomplete, bytes);
  await checkSpace(incomplete, bytes - resumed);
  onBytes(resumed, resumed);
  await withRetries(client, async (progress) => {
    let have = await startingPoint(incomplete, bytes);
    if (have === bytes && bytes > 0) return;
    const answer = await requestFrom(client, wanted, have, incomplete);
    if (have > 0 && answer.response.status === 200) {
      // The server does not do parts: it sends the file from its start.
      have = 0;
      resumed = 0;
    }
    const file = await open(incomplete, have > 0 ? 'a' : 'w');
    try {
      await readBody(client, answer, async (chunk) => {
        have += chunk.length;
        if (have > bytes) throw new RequestFailure('server', url, `more than the ${bytes} bytes that were announced`);
        await file.writeFile(chunk);
        progress();
        onBytes(have, resumed);
      });
      await file.sync();
    } finally {
      await file.close();
    }
    if (have < bytes) {
      throw new RequestFailure('network', url, `the transfer ended after ${have} of ${bytes} bytes`, { again: true });
    }
  });
  return resumed;
}

/** The bytes of a file that are there already. More than it has are of no use. */
async function startingPoint(incomplete: string, bytes: number): Promise<number> {
  const have = (await sizeOf(incomplete)) ?? 0;
  if (have <= bytes) return have;
  await rm(incomplete, { force: true });
  return 0;
}

/** Asks for the file from a byte on. */
async function requestFrom(client: Client, { url, bytes }: Wanted, from: number, incomplete: string): Promise<Answer> {
  let answer: Answer;
  try {
    answer = await request(client, url, from > 0 ? { headers: { range: `bytes=${from}-` } } : {});
  } catch (error) {
    if (!(error instanceof RequestFailure) || error.status !== 416 || from === 0) throw error;
    // What is there is no beginning of the file.
    await rm(incomplete, { force: true });
    throw new RequestFailure('server', error.url, error.message, { again: true, cause: error });
  }
  const { status, headers } = answer.response;
  if (status === 200) return answer;
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers.get('content-range') ?? '');
  const fits = range !== null && Number(range[1]) === from && (range[2] === '*' || Number(range[2]) === bytes);
  if (status === 206 && from > 0 && fits) return answer;
  answer.abort();
  const got = `${status} (${headers.get('content-range') ?? 'no content-range'})`;
  throw new RequestFailure('server', url, `asked for bytes from ${from} on, the answer was ${got}`);
}

async function checkSpace(file: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(dirname(file)).catch(() => ({ bavail: Infinity, bsize: 1 }));
  if (bytes <= bavail * bsize) return;
  throw new HubError(
    'disk',
    `${dirname(file)} has ${bavail * bsize} bytes left; ${bytes} are needed. Free some space, or choose another cache ` +
      `folder with HF_HUB_CACHE.`,
  );
}
