/** The state of every trial: what the journal says, corrected by what lies on disk and by who is alive. */
import { hostname } from 'node:os';
import type { Place } from '../executors/executor.ts';
import type { JournalEvent } from './journal.ts';

export type TrialState = 'waiting' | 'running' | 'complete' | 'failed' | 'interrupted';

export interface TrialStatus {
  readonly state: TrialState;
  /** How often it was started. */
  readonly attempts: number;
  readonly error: string | null;
  /** The error's class, such as `DivergenceError`. */
  readonly errorName: string | null;
  /** Where it ran last. */
  readonly place: Place | null;
  readonly since: string | null;
}

const waiting: TrialStatus = { state: 'waiting', attempts: 0, error: null, errorName: null, place: null, since: null };

/** Whether a trial ended because its loss or gradients were no longer finite: an answer, though it left no result. */
export function hasDiverged({ state, errorName }: Pick<TrialStatus, 'state' | 'errorName'>): boolean {
  return state === 'failed' && errorName === 'DivergenceError';
}

function ofProcess(pid: number, host: string): Place {
  return { kind: 'local', id: String(pid), host };
}

/** The last word of the journal on every trial it names, by id. */
export function foldJournal(events: readonly JournalEvent[]): Map<string, TrialStatus> {
  const states = new Map<string, TrialStatus>();
  let host = hostname();
  for (const event of events) {
    if (event.type === 'started') host = event.host;
    if (event.type !== 'trial') continue;
    const before = states.get(event.id) ?? waiting;
    states.set(event.id, {
      state: event.state,
      attempts: Math.max(before.attempts, event.attempt),
      error: event.error ?? null,
      errorName: event.errorName ?? null,
      place: event.place ?? (event.pid === undefined ? before.place : ofProcess(event.pid, host)),
      since: event.time,
    });
  }
  return states;
}

/**
 * The state of one trial. A result on disk is complete whatever the journal says, and nothing else is: a journal that
 * says so of a result since deleted has it waiting. A trial that was running when its runner died is interrupted.
 */
export function trialStatus(
  id: string,
  journal: ReadonlyMap<string, TrialStatus>,
  finished: { has(id: string): boolean },
  runnerAlive: boolean,
): TrialStatus {
  const status = journal.get(id) ?? waiting;
  if (finished.has(id)) return { ...status, state: 'complete', error: null, errorName: null };
  if (status.state === 'complete') return { ...status, state: 'waiting' };
  if (status.state === 'running' && !runnerAlive) return { ...status, state: 'interrupted' };
  return status;
}
