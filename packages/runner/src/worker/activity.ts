/** What oversees a trial while it runs: who hears what it does, and may stop it. */
import type { Watch } from '@lomap/train';
import { heartbeat, TRAINING, type Activity } from './heartbeat.ts';
import type { TrialReport } from './messages.ts';

export interface Oversight {
  /** Stops the trial before its next step, batch or hundred examples. */
  readonly signal: AbortSignal;
  readonly activity: Activity;
}

/** Milliseconds between two reports of one activity: a bar is drawn ten times a second. */
const INTERVAL = 100;

/**
 * Says what a trial does, to its heartbeat and to the runner. Steps of the training have a report of their own.
 *
 * @param heartbeatFile see `heartbeat`
 */
export function activityOf(heartbeatFile: string, tell: (report: TrialReport) => void): Activity {
  const beat = heartbeat(heartbeatFile);
  let last = { at: 0, doing: '' };
  return (doing, done, total) => {
    beat(doing, done, total);
    if (doing === TRAINING) return;
    const now = Date.now();
    if (doing === last.doing && now - last.at < INTERVAL) return;
    last = { at: now, doing };
    tell({ type: 'activity', doing, ...(done !== undefined && total !== undefined && { done, total }) });
  };
}

/** One work of a trial, watched: `scoring dev`, so many of so many. */
export function watched({ signal, activity }: Oversight, doing: string): Watch {
  return { signal, onProgress: (done, total) => activity(doing, done, total) };
}

/** The activities of a part of the trial, each named with its part. */
export function partOf({ signal, activity }: Oversight, part: string): Oversight {
  return { signal, activity: (doing, done, total) => activity(`${part}: ${doing}`, done, total) };
}
