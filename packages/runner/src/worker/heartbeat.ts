/** A small file that says how far a running trial is, for `lomap status` in another terminal. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { parseJson } from '@lomap/files';
import { z } from 'zod';

const heartbeatSchema = z.object({
  time: z.string(),
  pid: z.number(),
  step: z.number(),
  steps: z.number(),
  loss: z.number(),
});
export type Heartbeat = z.infer<typeof heartbeatSchema>;

const INTERVAL = 2_000;

/** Returns a function to call at every step: it writes at most every two seconds, and never fails a trial. */
export function heartbeat(path: string): (step: { step: number; steps: number; loss: number }) => void {
  let last = 0;
  return ({ step, steps, loss }) => {
    const now = Date.now();
    if (now - last < INTERVAL) return;
    last = now;
    try {
      writeFileSync(
        `${path}.tmp`,
        JSON.stringify({ time: new Date(now).toISOString(), pid: process.pid, step, steps, loss }),
      );
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
