/** A small file that says what a running trial does, for `lomap status` in another terminal. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { parseJson } from '@lomap/files';
import type { Activity, TRAINING as trialsOwn } from '@lomap/trial';
import { z } from 'zod';

const heartbeatSchema = z.object({
  time: z.string(),
  pid: z.number(),
  /** `opening`, `encoding train`, `compiling`, `training`, `scoring dev`, ... */
  doing: z.string(),
  /** Steps or examples done, of `total`; null where nothing is counted. */
  done: z.number().nullable(),
  total: z.number().nullable(),
});
export type Heartbeat = z.infer<typeof heartbeatSchema>;

const INTERVAL = 2_000;

/**
 * Returns a function to call at every step and batch. It writes the file when something else is done than before, since
 * compiling lets nobody write while it lasts, and at most every two seconds else; it never fails a trial.
 */
export function heartbeat(path: string): Activity {
  let last = { at: 0, doing: '' };
  return (doing, done, total) => {
    const now = Date.now();
    if (doing === last.doing && now - last.at < INTERVAL) return;
    last = { at: now, doing };
    const beat: Heartbeat = {
      ...{ time: new Date(now).toISOString(), pid: process.pid },
      ...{ doing, done: done ?? null, total: total ?? null },
    };
    try {
      writeFileSync(`${path}.tmp`, JSON.stringify(beat));
      renameSync(`${path}.tmp`, path);
    } catch {
      // A display, not a result.
    }
  };
}

/** The last heartbeat of a trial; null when there is none. */
export function readHeartbeat(path: string): Heartbeat | null {
  try {
    return heartbeatSchema.parse(parseJson(readFileSync(path), path));
  } catch {
    return null;
  }
}

/** `training: step 7 of 120`, `scoring dev: 512 of 40430`, `compiling`. */
export function describeHeartbeat({ doing, done, total }: Pick<Heartbeat, 'doing' | 'done' | 'total'>): string {
  if (done === null || total === null) return doing;
  return `${doing}: ${doing.endsWith(TRAINING) ? 'step ' : ''}${done} of ${total}`;
}

/** What a trial does at its steps: the trial's own word, without loading what trains it. */
export const TRAINING: typeof trialsOwn = 'training';
