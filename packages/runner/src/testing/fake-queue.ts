/** A queue of trials as an executor sees it, without a runner behind. */
import { planMain } from '../plan/plan.ts';
import type { Affinity, Ending, Lease, Place, TrialQueue } from '../executors/executor.ts';
import type { Assignment, TrialReport } from '../worker/messages.ts';
import { fakeIdentity, fakeProvenance, fakeSweep } from './fakes.ts';

export interface FakeLease extends Lease {
  readonly places: Place[];
  readonly reports: TrialReport[];
  readonly printed: string[];
  /** Null while it runs. */
  ending: Ending | null;
  stop(): void;
}

export interface FakeQueue extends TrialQueue {
  /** What was taken, in order. */
  readonly leases: readonly FakeLease[];
  /** Who took each. */
  readonly takers: readonly string[];
}

export function assignmentOf(sweep: string, ownProcess?: boolean): Assignment {
  const { id, folder, purpose, settings } = planMain(fakeSweep(), fakeIdentity, new Map())[0]!;
  const shared = { notes: [], attempt: 1, checkpointEverySteps: 1, provenance: fakeProvenance };
  return { id, folder, sweep, purpose, settings, ...shared, ...(ownProcess !== undefined && { ownProcess }) };
}

/**
 * Gives a trial for each of these, by its sweep's name, then nothing.
 *
 * @param onReport what a test does while a trial runs.
 */
export function queueOf(
  sweeps: readonly string[],
  ownProcess?: boolean,
  onReport: (lease: FakeLease) => void = () => {},
): FakeQueue {
  const leases: FakeLease[] = [];
  const takers: string[] = [];
  return {
    leases,
    takers,
    take({ worker }: Affinity) {
      const sweep = sweeps[leases.length];
      if (sweep === undefined) return Promise.resolve(null);
      const lease = leaseOf(assignmentOf(sweep, ownProcess), onReport);
      leases.push(lease);
      takers.push(worker);
      return Promise.resolve(lease);
    },
  };
}

function leaseOf(assignment: Assignment, onReport: (lease: FakeLease) => void): FakeLease {
  const stopping = new AbortController();
  const lease: FakeLease = {
    ...{ assignment, signal: stopping.signal, checkpoint: '', staging: '' },
    ...{ places: [], reports: [], printed: [], ending: null },
    started: (place) => void lease.places.push(place),
    report(report) {
      lease.reports.push(report);
      onReport(lease);
    },
    print: (text) => void lease.printed.push(String(text)),
    end(ending) {
      lease.ending = ending;
      return Promise.resolve();
    },
    stop: () => stopping.abort(),
  };
  return lease;
}
