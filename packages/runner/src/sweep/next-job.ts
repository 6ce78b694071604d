import type { PlannedTrial } from '../plan/plan.ts';

/**
 * Takes the next job of a lane out of those that wait: one of the first waiting job's seed, so that whole seeds are
 * finished first, and of a method that the lane has run before, or else that no other lane has. A worker keeps the
 * compiled functions of a small model's methods, and so each is compiled by one worker rather than by all.
 *
 * @param lanes the labels of the methods that each lane has run; the lane's own gets the job's.
 */
export function takeNext<J extends { readonly trial: Pick<PlannedTrial, 'purpose' | 'settings'> }>(
  pending: J[],
  lane: number,
  lanes: readonly Set<string>[],
): J | undefined {
  const first = pending[0];
  if (!first) return undefined;
  const { purpose, settings } = first.trial;
  const label = ({ trial }: J): string => trial.settings.method.label;
  const near = pending.filter(({ trial }) => trial.purpose === purpose && trial.settings.seed === settings.seed);
  const own = near.find((job) => lanes[lane]!.has(label(job)));
  const unclaimed = near.find((job) => !lanes.some((seen) => seen.has(label(job))));
  const job = own ?? unclaimed ?? first;
  lanes[lane]!.add(label(job));
  pending.splice(pending.indexOf(job), 1);
  return job;
}
