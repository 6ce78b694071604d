/** Who hears what a trial does. */
import type { Activity } from '@lomap/trial';
import { heartbeat, TRAINING } from './heartbeat.ts';
import type { TrialReport } from './messages.ts';

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
