/** Worker processes of this machine: forked when needed, kept for the next trial unless it asks for its own, replaced when they die. */
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from '../store/lock.ts';
import { lomapBin } from '../workspace.ts';
import type { Executor, ExecutorContext, Place } from './executor.ts';
import { gpuSlots } from './gpus.ts';
import { forkWorker, type WorkerProcess } from './worker-process.ts';

const NAME = 'local';

/** Milliseconds that workers of a killed runner have to end by themselves. */
const PATIENCE = 10_000;

/**
 * `jobs` workers at a time. Each sees one of the `gpus`, or what the runner sees if there are none.
 *
 * @param entry the program of a worker, and its arguments; it speaks the protocol of worker/messages.ts.
 */
export function localExecutor(
  { start, jobs, gpus }: Pick<ExecutorContext, 'start' | 'jobs' | 'gpus'>,
  entry: string = lomapBin,
  args: readonly string[] = ['worker'],
): Executor {
  const slots = gpuSlots(gpus);
  const alive = new Set<WorkerProcess>();

  const open = (): WorkerProcess => {
    const slot = slots.take();
    const worker = forkWorker(entry, args, { ...process.env, ...slot.environment }, start, () => slot.release());
    alive.add(worker);
    void worker.ended.then(() => alive.delete(worker));
    return worker;
  };

  return {
    name: NAME,
    width: jobs,
    /** They end when they see that the runner is gone; until then they could still write. */
    async reclaim(orphans) {
      const pids = orphans.filter(({ host }) => host === hostname()).map(({ id }) => Number(id));
      const deadline = Date.now() + PATIENCE;
      while (pids.some(isAlive) && Date.now() < deadline) await sleep(100);
    },
    async run(queue) {
      const lane = async (_: unknown, i: number): Promise<void> => {
        const affinity = { worker: `${NAME} ${i + 1}` };
        let worker: WorkerProcess | null = null;
        for (let lease = await queue.take(affinity); lease; lease = await queue.take(affinity)) {
          if (!worker?.usable()) worker = open();
          await lease.end(await worker.run(lease, placeOf(worker)));
        }
      };
      await Promise.all(Array.from({ length: jobs }, lane));
    },
    kill() {
      for (const worker of alive) worker.kill();
    },
    async close() {
      const last = [...alive];
      for (const worker of last) worker.exit();
      await Promise.all(last.map(({ ended }) => ended));
    },
  };
}

function placeOf({ pid }: WorkerProcess): Place {
  return { kind: NAME, id: String(pid), host: hostname() };
}
