/** One runner a sweep: a lock on the work folder that names its holder and outlives nobody. */
import { mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { parseJson } from '@lomap/files';
import lockfile from 'proper-lockfile';
import { z } from 'zod';
import { FailureError, systemCode } from '../errors.ts';
import { writeJson } from './json-file.ts';

const holderSchema = z.object({ pid: z.number().int(), host: z.string(), startedAt: z.string() });
export type Holder = z.infer<typeof holderSchema>;

/** Milliseconds after which a lock that nobody renews counts as left behind. */
const STALE = 30_000;

/** Whether a process of this machine is alive. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) === 'EPERM';
  }
}

function readHolder(work: string): Holder | null {
  try {
    const file = join(work, 'holder.json');
    return holderSchema.parse(parseJson(readFileSync(file), file));
  } catch {
    return null;
  }
}

const options = (work: string) => ({ lockfilePath: join(work, 'lock'), stale: STALE, realpath: false });

/** Who runs the sweep of this work folder now; null when nobody does. */
export function lockHolder(work: string): Holder | null {
  const held = lockfile.checkSync(work, options(work));
  const holder = readHolder(work);
  if (!held || !holder || (holder.host === hostname() && !isAlive(holder.pid))) return null;
  return holder;
}

/**
 * Locks the work folder of a sweep, or of what else `what` names. The lock of a process of this machine that died (kill -9) is taken over at once.
 *
 * @param onLost called when the lock cannot be kept, for example after the machine slept: another runner may start
 * @returns the function that releases the lock
 */
export async function acquireLock(work: string, onLost: () => void, what = 'sweep'): Promise<() => Promise<void>> {
  const acquire = () => lockfile.lock(work, { ...options(work), update: 5_000, onCompromised: onLost });
  let release: () => Promise<void>;
  try {
    release = await acquire();
  } catch (error) {
    if (systemCode(error) !== 'ELOCKED') throw error;
    const holder = readHolder(work);
    if (!holder || holder.host !== hostname() || isAlive(holder.pid)) throw heldBy(work, holder, what);
    return takeOver(work, holder, acquire, what);
  }
  sign(work);
  return release;
}

/**
 * Takes the lock of a dead process. One at a time: of two runners that found the same dead holder the second would remove
 * the lock that the first has just taken.
 */
async function takeOver(
  work: string,
  dead: Holder,
  acquire: () => Promise<() => Promise<void>>,
  what: string,
): Promise<() => Promise<void>> {
  const guard = join(work, 'takeover');
  // One left by a process that died while taking over is old.
  if (Date.now() - (statSync(guard, { throwIfNoEntry: false })?.mtimeMs ?? Infinity) > STALE)
    rmSync(guard, { recursive: true });
  try {
    mkdirSync(guard);
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
    throw heldBy(work, null, what);
  }
  try {
    const holder = readHolder(work);
    if (holder?.pid !== dead.pid || holder.startedAt !== dead.startedAt) throw heldBy(work, holder, what);
    rmSync(join(work, 'lock'), { recursive: true, force: true });
    const release = await acquire();
    sign(work);
    return release;
  } finally {
    rmSync(guard, { recursive: true, force: true });
  }
}

/** Writes this process down as the holder. */
function sign(work: string): void {
  const holder: Holder = { pid: process.pid, host: hostname(), startedAt: new Date().toISOString() };
  writeJson(join(work, 'holder.json'), holder);
}

function heldBy(work: string, holder: Holder | null, what: string): FailureError {
  const who = holder ? `process ${holder.pid} on ${holder.host} since ${holder.startedAt}` : 'another process';
  return new FailureError(
    `This ${what} is already running: ${who} holds ${join(work, 'lock')}.`,
    `Wait for it, stop it, or use another --out. A lock whose process is gone is free after ${STALE / 1000} s.`,
  );
}
