/** A sweep's executor: what an earlier one left is ended first, then it takes from a queue while the sweep lasts. */
import type { Journal } from '../store/journal.ts';
import type { TrialStatus } from '../store/states.ts';
import { SweepQueue } from './queue.ts';
import type { RunSweepOptions } from './run-sweep.ts';

type Options = Pick<RunSweepOptions, 'executor' | 'progress' | 'paths' | 'run' | 'sweep' | 'failFast' | 'signal'>;

/** Ends what a killed runner's workers may still write, and names those that only another executor can find. */
export async function reclaim(
  { executor, progress }: Pick<Options, 'executor' | 'progress'>,
  states: ReadonlyMap<string, TrialStatus>,
): Promise<void> {
  const orphans = [...states.values()].flatMap(({ state, place }) => (state === 'running' && place ? [place] : []));
  for (const { kind, id, host } of orphans.filter((place) => place.kind !== executor.name))
    progress.message(
      `A trial was running in ${kind} ${id} on ${host} when its runner ended: see that it has ended too.`,
    );
  await executor.reclaim(orphans.filter(({ kind }) => kind === executor.name));
}

/** Lets the executor take from a queue while the work lasts. */
export async function withQueue<T>(
  options: Options,
  journal: Journal,
  work: (queue: SweepQueue) => Promise<T>,
): Promise<T> {
  const { paths, run, sweep, progress, failFast, signal, executor } = options;
  const shared = { ...run, ...(sweep.ownProcess && { ownProcess: true }) };
  const queue = new SweepQueue({ paths, run: shared, journal, progress, failFast, signal });
  const running = executor.run(queue).then(
    () => queue.abandoned(null),
    (error: unknown) => queue.abandoned(error),
  );
  try {
    return await work(queue);
  } finally {
    queue.close();
    await running;
  }
}
