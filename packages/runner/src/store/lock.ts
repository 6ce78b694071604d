/** One runner a sweep: a lock on the work folder that names its holder and outlives nobody. */
import { readFileSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
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
    return holderSchema.parse(JSON.parse(readFileSync(join(work, 'holder.json'), 'utf8')));
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
 * Locks a sweep's work folder. The lock of a process of this machine that died (kill -9) is taken over at once.
 *
 * @param onLost called when the lock cannot be kept, for example after the machine slept: another runner may start
 * @returns the function that releases the lock
 */
export async function acquireLock(work: string, onLost: () => void): Promise<() => Promise<void>> {
  const acquire = () => lockfile.lock(work, { ...options(work), update: 5_000, onCompromised: onLost });
  let release: () => Promise<void>;
  try {
    release = await acquire();
  } catch (error) {
    if (systemCode(error) !== 'ELOCKED') throw error;
    const holder = readHolder(work);
    if (!holder || holder.host !== hostname() || isAlive(holder.pid)) throw heldBy(work, holder);
    rmSync(join(work, 'lock'), { recursive: true, force: true });
    release = await acquire().catch((again: unknown) => {
      throw systemCode(again) === 'ELOCKED' ? heldBy(work, readHolder(work)) : again;
    });
  }
  const holder: Holder = { pid: process.pid, host: hostname(), startedAt: new Date().toISOString() };
  writeJson(join(work, 'holder.json'), holder);
  return release;
}

function heldBy(work: string, holder: Holder | null): FailureError {
  const who = holder ? `process ${holder.pid} on ${holder.host} since ${holder.startedAt}` : 'another process';
  return new FailureError(
    `This sweep is already running: ${who} holds ${join(work, 'lock')}.`,
    `Wait for it, stop it, or use another --out. A lock whose process is gone is free after ${STALE / 1000} s.`,
  );
}
