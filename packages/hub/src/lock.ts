/**
 * A lock on a download, so that two processes do not fetch the same file twice. It only saves work: bytes are checked by
 * their hash and renamed into place, so nothing wrong is published where a lock is lost.
 */
import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseJson } from '@lomap/files';

/** Milliseconds after which a lock that nobody renews counts as left behind. */
const STALE = 30_000;
const RENEW = 5_000;
const POLL = 200;

/**
 * Does `work` while holding a lock file, waiting for whoever holds it. The lock of a process of this machine that died is
 * taken over at once.
 *
 * @throws the signal's reason if it is aborted while waiting.
 */
export async function withLock<T>(file: string, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(file), { recursive: true });
  const mine = JSON.stringify({ pid: process.pid, host: hostname(), id: randomUUID() });
  while (!(await take(file, mine))) {
    signal?.throwIfAborted();
    if (!(await removeStale(file))) await sleep(POLL, undefined, signal && { signal });
  }
  const renewal = setInterval(() => {
    const now = new Date();
    utimes(file, now, now).catch(() => undefined); // Somebody took it over: the hash decides.
  }, RENEW);
  renewal.unref();
  try {
    return await work();
  } finally {
    clearInterval(renewal);
    if ((await readFile(file, 'utf8').catch(() => '')) === mine) await rm(file, { force: true });
  }
}

async function take(file: string, mine: string): Promise<boolean> {
  try {
    const handle = await open(file, 'wx');
    try {
      await handle.writeFile(mine);
    } finally {
      await handle.close();
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Removes a lock that was left behind. Returns whether it may be free now. */
async function removeStale(file: string): Promise<boolean> {
  const text = await readFile(file, 'utf8').catch(() => null);
  const age = Date.now() - ((await stat(file).catch(() => null))?.mtimeMs ?? Date.now());
  if (text === null) return true;
  if (age < STALE && !isDead(text)) return false;
  const aside = `${file}.${randomUUID()}`;
  try {
    await rename(file, aside);
  } catch {
    return true; // Another process was faster.
  }
  // Between reading and renaming another may have taken it over: its lock is put back, if it has no new one.
  if ((await readFile(aside, 'utf8').catch(() => text)) !== text) await link(aside, file).catch(() => undefined);
  await rm(aside, { force: true });
  return true;
}

/** Whether a lock is of a process of this machine that does not exist any more. */
function isDead(text: string): boolean {
  try {
    const { pid, host } = parseJson(text, 'lock') as { pid?: unknown; host?: unknown };
    if (host !== hostname() || typeof pid !== 'number') return false;
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
