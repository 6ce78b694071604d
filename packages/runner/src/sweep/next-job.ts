import type { PlannedTrial } from '../plan/plan.ts';

/**
 * Takes the next job for a worker out of those that wait: one of the first waiting job's seed, so that whole seeds are
 * finished first, and of a method that the worker has run before, or else that no other worker has. A worker keeps the
 * compiled functions of a small model's methods, and so each is compiled by one worker rather than by all.
 *
 * @param claims the labels of the methods that each worker has run, by its name; the worker's own gets the job's.
 */
export function takeNext<J extends { readonly trial: Pick<PlannedTrial, 'purpose' | 'settings'> }>(
  pending: J[],
  worker: string,
  claims: Map<string, Set<string>>,
): J | undefined {
  const first = pending[0];
  if (!first) return undefined;
  const { purpose, settings } = first.trial;
  const label = ({ trial }: J): string => trial.settings.method.label;
  const near = pending.filter(({ trial }) => trial.purpose === purpose && trial.settings.seed === settings.seed);
  const own = claims.get(worker) ?? new Set<string>();
  const kept = near.find((job) => own.has(label(job)));
  const unclaimed = near.find((job) => ![...claims.values()].some((seen) => seen.has(label(job))));
  const job = kept ?? unclaimed ?? first;
  claims.set(worker, own.add(label(job)));
  pending.splice(pending.indexOf(job), 1);
  return job;
}
