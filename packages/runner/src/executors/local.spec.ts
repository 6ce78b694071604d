/** Real processes: the built `serve` with fake trials. */
import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { isAlive } from '../store/lock.ts';
import { queueOf, type FakeLease, type FakeQueue } from '../testing/fake-queue.ts';
import type { Executor } from './executor.ts';
import { localExecutor } from './local.ts';

const entry = fileURLToPath(new URL('../worker/fake-worker.mjs', import.meta.url));
const start = { model: '', data: '', cache: '', work: '/the/work', threads: 1, plugins: [] };

beforeAll(() => {
  if (!existsSync(fileURLToPath(new URL('../../dist/worker/serve.js', import.meta.url)))) {
    throw new Error('The runner is not built: npx nx build @lomap/runner');
  }
});

let executor: Executor;
beforeEach(() => {
  executor = localExecutor({ start, jobs: 1, gpus: [] }, entry, []);
});
afterEach(() => executor.kill());

const pids = ({ leases }: FakeQueue): number[] => leases.flatMap(({ places }) => places.map(({ id }) => Number(id)));
const run = async (
  sweeps: readonly string[],
  ownProcess?: boolean,
  onReport?: (lease: FakeLease) => void,
): Promise<FakeQueue> => {
  const queue = queueOf(sweeps, ownProcess, onReport);
  await executor.run(queue);
  return queue;
};

test('one worker is told once where it works and runs one trial after another; what it prints is passed on', async () => {
  const queue = await run(['fine', 'fine']);
  expect(queue.leases.map(({ ending }) => ending)).toEqual([
    { type: 'complete', folder: 'made' },
    { type: 'complete', folder: 'made' },
  ]);
  const [pid, other] = pids(queue);
  expect(other).toBe(pid);
  expect(queue.leases[0]!.places).toEqual([{ kind: 'local', id: String(pid), host: hostname() }]);
  expect(queue.leases[0]!.reports).toContainEqual({ type: 'note', text: `process ${pid}` });
  await executor.close();
  expect(isAlive(pid!)).toBe(false);
  const printed = queue.leases.map(({ printed: texts }) => texts.join('')).join('');
  expect(printed.match(/starts in \/the\/work/g)).toHaveLength(1);
  expect(printed).toContain(`runs ${queue.leases[0]!.assignment.folder}`);
});

test('every worker takes under a name of its own, and stays the same process', async () => {
  executor = localExecutor({ start, jobs: 2, gpus: [] }, entry, []);
  const queue = await run(['fine', 'fine', 'fine', 'fine', 'fine', 'fine']);
  const byTaker = new Map<string, Set<number>>();
  pids(queue).forEach((pid, i) => byTaker.set(queue.takers[i]!, (byTaker.get(queue.takers[i]!) ?? new Set()).add(pid)));
  expect([...byTaker.keys()].sort()).toEqual(['local 1', 'local 2']);
  for (const own of byTaker.values()) expect(own.size).toBe(1);
  await executor.close();
});

test('a trial with a process of its own leaves none behind', async () => {
  const queue = await run(['fine', 'fine'], true);
  expect(queue.leases.map(({ ending }) => ending?.type)).toEqual(['complete', 'complete']);
  expect(new Set(pids(queue)).size).toBe(2);
  await executor.close();
  for (const pid of pids(queue)) expect(isAlive(pid)).toBe(false);
});

test('an error or a crash costs one trial, and the next one a fresh process', async () => {
  const queue = await run(['throw', 'exit', 'fine']);
  expect(queue.leases.map(({ ending }) => ending)).toMatchObject([
    { type: 'failed', error: { name: 'TypeError', message: 'the trial is broken' } },
    { type: 'failed', error: { message: expect.stringContaining('exited with code 7') } },
    { type: 'complete' },
  ]);
  expect(new Set(pids(queue)).size).toBe(3);
  await executor.close();
});

test('a worker killed from outside leaves an interrupted trial, and the next one gets another', async () => {
  const queue = await run(['hang', 'fine'], undefined, (lease) => {
    if (lease.assignment.sweep === 'hang') process.kill(Number(lease.places[0]!.id), 'SIGKILL');
  });
  const [killed, next] = queue.leases;
  expect(killed!.ending).toMatchObject({
    type: 'interrupted',
    error: { message: expect.stringContaining('SIGKILL') },
  });
  expect(next!.ending).toMatchObject({ type: 'complete' });
  await executor.close();
});

test('a lease that is stopped interrupts its trial at the next step', async () => {
  const queue = await run(['hang'], undefined, (lease) => lease.stop());
  expect(queue.leases[0]!.ending).toEqual({ type: 'interrupted' });
  await executor.close();
});

test('a program that cannot be started is how the trial ended', async () => {
  executor = localExecutor({ start, jobs: 1, gpus: [] }, '/no/such/worker.mjs', []);
  const [lease] = (await run(['fine'])).leases;
  expect(lease!.ending).toMatchObject({ type: 'failed', error: { name: 'WorkerDied' } });
  await executor.close();
});

test('orphans are waited for, those of other machines are not', async () => {
  const queue = queueOf(['hang']);
  const running = executor.run(queue);
  while (pids(queue).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  const place = queue.leases[0]!.places[0]!;
  const reclaimed = executor.reclaim([place, { ...place, host: 'elsewhere', id: String(process.pid) }]);
  // It waits while the process lives, and no longer.
  let waits = true;
  void reclaimed.then(() => (waits = false));
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect([waits, isAlive(Number(place.id))]).toEqual([true, true]);
  process.kill(Number(place.id), 'SIGKILL');
  await reclaimed;
  expect(isAlive(Number(place.id))).toBe(false);
  await running;
  await executor.close();
});
