import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { MOST_LOSSES, type Lease } from '../executors/executor.ts';
import { planMain } from '../plan/plan.ts';
import { silent } from '../progress/progress.ts';
import { openJournal, readJournal, type Journal } from '../store/journal.ts';
import { sweepPaths, trialPaths, type SweepPaths } from '../store/layout.ts';
import { makeFolder } from '../store/make-folder.ts';
import { fakeIdentity, fakeProvenance, fakeResultOf, fakeSweep } from '../testing/fakes.ts';
import { stageResult } from '../worker/stage-result.ts';
import type { Job } from './lease.ts';
import { SweepQueue } from './queue.ts';

let paths: SweepPaths;
let journal: Journal;
let stopping: AbortController;
let queue: SweepQueue;
let told: string[];
beforeEach(() => {
  paths = sweepPaths('/nowhere', 'fake', mkdtempSync(join(tmpdir(), 'lomap-queue-')));
  makeFolder(paths.work);
  journal = openJournal(paths.journal);
  stopping = new AbortController();
  told = [];
  queue = newQueue();
});
afterEach(() => {
  journal.close();
  rmSync(paths.results, { recursive: true, force: true });
});

const newQueue = (): SweepQueue =>
  new SweepQueue({
    ...{ paths, journal, failFast: false, signal: stopping.signal },
    run: { sweep: 'fake', checkpointEverySteps: 1, provenance: fakeProvenance },
    progress: { ...silent, trialEnded: (trial, { type }) => void told.push(`${trial.folder} ${type}`) },
  });

const trials = planMain(fakeSweep({ tasks: ['rte'], seeds: [1] }), fakeIdentity, new Map());
const jobOf = (i: number, attempts = 0): Job => ({ trial: trials[i]!, attempts, fresh: false });
const place = { kind: 'fake', id: '1', host: 'here' };
const lost = {
  type: 'lost',
  error: { name: 'WorkerDied', message: 'the node failed', stack: null, code: null },
} as const;

const take = async (worker = 'a'): Promise<Lease> => {
  const lease = await queue.take({ worker });
  if (!lease) throw new Error('The queue has ended.');
  return lease;
};
/** Leaves a result as a worker does. */
const stage = async (lease: Pick<Lease, 'assignment' | 'staging'>, score = 0.5): Promise<void> => {
  const predictions = [{ split: 'dev', index: 0, label: 0, logits: [score] }];
  await stageResult(lease.staging, { result: fakeResultOf(lease.assignment, score), predictions, adapter: null });
};
const finish = async (lease: Lease): Promise<void> => {
  lease.started(place);
  await stage(lease);
  await lease.end({ type: 'complete', folder: lease.staging });
};
const states = (): string[] =>
  readJournal(paths.journal).flatMap((event) => (event.type === 'trial' ? `${event.attempt} ${event.state}` : []));
const committed = (): string[] => readdirSync(paths.results).filter((name) => !name.startsWith('.'));

test('a worker waits for what comes later: the next call’s trials, or the end', async () => {
  const early = queue.take({ worker: 'a' });
  const first = queue.run([jobOf(0)]);
  await finish((await early)!);
  expect((await first).outcomes.get(trials[0]!.id)).toMatchObject({ type: 'complete', score: 0.5 });
  const waiting = queue.take({ worker: 'a' });
  const second = queue.run([jobOf(1)]);
  await finish((await waiting)!);
  await second;
  const last = queue.take({ worker: 'a' });
  queue.close();
  expect(await last).toBeNull();
  expect(committed()).toEqual(trials.map(({ folder }) => folder).sort());
});

test('an assignment has names and hashes, and no path', async () => {
  void queue.run([jobOf(0)]);
  const { assignment } = await take();
  expect(JSON.parse(JSON.stringify(assignment))).toStrictEqual(assignment);
  expect(JSON.stringify(assignment)).not.toContain(paths.results);
  expect(assignment.settings.model.sha256).toBe(fakeIdentity.model.sha256);
});

describe('a lost worker', () => {
  test('gives its trial to another, before all others and as another attempt; what it says later is ignored', async () => {
    const over = queue.run([jobOf(0), jobOf(1)]);
    const first = await take('a');
    first.started(place);
    await stage(first, 0.25);
    await first.end(lost);
    const again = await take('b');
    expect(again.assignment).toEqual({ ...first.assignment, attempt: 2 });
    await first.end({ type: 'complete', folder: first.staging });
    first.started(place);
    first.print('late');
    expect(committed()).toEqual([]);
    await finish(again);
    await finish(await take('b'));
    expect((await over).outcomes.size).toBe(2);
    expect(states()).toEqual(['1 running', '1 interrupted', '2 running', '2 complete', '1 running', '1 complete']);
  });

  test('is another’s case only so often', async () => {
    const over = queue.run([jobOf(0)]);
    for (let i = 0; i <= MOST_LOSSES; i++) await (await take()).end(lost);
    expect((await over).outcomes.get(trials[0]!.id)).toMatchObject({ type: 'interrupted', error: lost.error });
  });

  test('is nobody’s when the sweep stops', async () => {
    const over = queue.run([jobOf(0)]);
    const lease = await take();
    stopping.abort();
    expect(lease.signal.aborted).toBe(true);
    await lease.end(lost);
    expect(await over).toMatchObject({ stopped: 'interrupted' });
    expect(await queue.take({ worker: 'a' })).toBeNull();
  });
});

describe('what is handed over', () => {
  test.each([
    ['nothing', (folder: string) => rmSync(folder, { recursive: true }), /there is no result\.json/],
    [
      'a result without its predictions',
      (folder: string) => rmSync(join(folder, 'predictions.csv')),
      /predictions\.csv beside it is missing/,
    ],
  ])('as %s fails the trial', async (_, damage, message) => {
    const over = queue.run([jobOf(0)]);
    const lease = await take();
    await stage(lease);
    damage(lease.staging);
    await lease.end({ type: 'complete', folder: lease.staging });
    expect((await over).outcomes.get(trials[0]!.id)).toMatchObject({
      type: 'failed',
      error: { message: expect.stringMatching(message) },
    });
    expect(existsSync(join(paths.results, trials[0]!.folder))).toBe(false);
  });

  test('as another trial fails', async () => {
    const over = queue.run([jobOf(0), jobOf(1)]);
    const [one, other] = [await take('a'), await take('b')];
    await stage(other);
    await one.end({ type: 'complete', folder: other.staging });
    await other.end({ type: 'complete', folder: other.staging });
    const { outcomes } = await over;
    expect(outcomes.get(one.assignment.id)).toMatchObject({
      type: 'failed',
      error: { message: expect.stringContaining('is not the trial that was run: its id is') },
    });
    expect(outcomes.get(other.assignment.id)?.type).toBe('complete');
  });
});

describe('a result that the system does not let the runner put into its place', () => {
  /** What stands in the places of these trials has to go where nothing can. */
  const blocked = (folders: readonly string[]): void => {
    writeFileSync(paths.setAside, '');
    for (const folder of folders) mkdirSync(join(paths.results, folder));
  };

  test('interrupts its trial with the system’s words, and the next start commits it without running it', async () => {
    blocked([trials[0]!.folder]);
    const over = queue.run([jobOf(0)]);
    await finish(await take());
    expect((await over).outcomes.get(trials[0]!.id)).toMatchObject({
      type: 'interrupted',
      error: { code: 'ENOTDIR', message: expect.stringContaining(paths.setAside) },
    });
    rmSync(paths.setAside);
    const { outcomes } = await queue.run([jobOf(0, 1)]);
    expect(outcomes.get(trials[0]!.id)).toMatchObject({ type: 'complete', score: 0.5 });
    expect(states()).toEqual(['1 running', '1 interrupted', '1 complete']);
  });

  test('stops the sweep at the third equal error', async () => {
    const four = planMain(fakeSweep({ tasks: ['rte'], seeds: [1, 2] }), fakeIdentity, new Map());
    blocked(four.map(({ folder }) => folder));
    const over = queue.run(four.map((trial) => ({ trial, attempts: 0, fresh: false })));
    for (let i = 0; i < 3; i++) await finish(await take());
    expect((await over).stopped).toMatch(/^Stopped after 3 equal errors: .*\(ENOTDIR\)/);
  });
});

describe('a runner killed while it commits', () => {
  const target = () => trialPaths(paths, trials[0]!.folder);
  const staged = async (): Promise<string> => {
    const { staging } = target();
    const { id, purpose, settings, folder } = trials[0]!;
    const shared = { sweep: 'fake', notes: [], attempt: 1, checkpointEverySteps: 1, provenance: fakeProvenance };
    await stage({ assignment: { id, folder, purpose, settings, ...shared }, staging });
    return readFileSync(join(staging, 'result.json'), 'utf8');
  };
  const partial = (): string => join(paths.results, `.${trials[0]!.folder}.partial`);

  test.each([
    ['before it began', () => {}],
    ['with the trial beside its place', () => renameSync(target().staging, partial())],
  ])('%s: the next one commits what is there, and nothing runs', async (_, killed) => {
    const text = await staged();
    killed();
    const { outcomes, stopped } = await queue.run([jobOf(0, 1)]);
    expect(stopped).toBeNull();
    expect(outcomes.get(trials[0]!.id)).toMatchObject({ type: 'complete', score: 0.5 });
    expect(readFileSync(join(target().result, 'result.json'), 'utf8')).toBe(text);
    expect(existsSync(target().staging) || existsSync(partial())).toBe(false);
    expect(states()).toEqual(['1 complete']);
    expect(told).toEqual([`${trials[0]!.folder} complete`]);
  });

  const asideOf = (): string[] => readdirSync(paths.setAside).map((name) => join(paths.setAside, name));

  test('within a copy to another file system: what is not whole is set aside, and the trial goes on', async () => {
    const text = await staged();
    renameSync(target().staging, partial());
    rmSync(join(partial(), 'predictions.csv'));
    const over = queue.run([jobOf(0, 1)]);
    const lease = await take();
    expect(existsSync(partial())).toBe(false);
    expect(asideOf().map((folder) => readFileSync(join(folder, 'result.json'), 'utf8'))).toEqual([text]);
    expect(lease.assignment.attempt).toBe(2);
    await finish(lease);
    expect((await over).outcomes.get(trials[0]!.id)?.type).toBe('complete');
  });

  test.each(['result.json', 'predictions.csv'])('a %s that the system does not read ends the sweep', async (name) => {
    await staged();
    const file = join(target().staging, name);
    const bytes = readFileSync(file);
    rmSync(file);
    symlinkSync(name, file);
    await expect(queue.run([jobOf(0, 1), jobOf(1)])).rejects.toThrow(/ELOOP|symbolic link/);
    expect(await queue.take({ worker: 'a' })).toBeNull();
    expect(states()).toEqual([]);
    rmSync(file);
    writeFileSync(file, bytes);
    queue = newQueue();
    expect((await queue.run([jobOf(0, 1)])).outcomes.get(trials[0]!.id)?.type).toBe('complete');
  });

  test('a failed trial whose result is whole has it committed', async () => {
    await staged();
    const { outcomes } = await queue.run([{ ...jobOf(0, 1), fresh: true }]);
    expect(outcomes.get(trials[0]!.id)).toMatchObject({ type: 'complete', score: 0.5 });
    expect(committed()).toEqual([trials[0]!.folder]);
  });

  test('a failed trial without one starts anew: its checkpoint is forgotten, and what it left is set aside', async () => {
    await staged();
    rmSync(join(target().staging, 'result.json'));
    mkdirSync(target().checkpoint);
    void queue.run([{ ...jobOf(0, 1), fresh: true }]);
    await take();
    expect([target().staging, target().checkpoint].filter((path) => existsSync(path))).toEqual([]);
    expect(asideOf().flatMap((folder) => readdirSync(folder))).toEqual(['predictions.csv']);
  });

  test('two that are not whole are both set aside', async () => {
    for (const move of [() => renameSync(target().staging, partial()), () => {}]) {
      await staged();
      rmSync(join(target().staging, 'result.json'));
      move();
    }
    void queue.run([jobOf(0, 1)]);
    await take();
    expect(asideOf()).toHaveLength(2);
  });
});

describe('an executor', () => {
  test('that gives up ends the sweep with its words, and interrupts what it has', async () => {
    const over = queue.run([jobOf(0), jobOf(1)]);
    const lease = await take();
    lease.started(place);
    await queue.abandoned(new Error('there is no such partition'));
    await expect(over).rejects.toThrow('there is no such partition');
    expect(states()).toEqual(['1 running', '1 interrupted']);
  });

  test('that returns before the trials have run is broken', async () => {
    const over = queue.run([jobOf(0)]);
    await queue.abandoned(null);
    await expect(over).rejects.toThrow('The executor ended before the trials did.');
  });

  test('that returns when the sweep has stopped is not', async () => {
    const over = queue.run([jobOf(0)]);
    stopping.abort();
    await queue.abandoned(null);
    expect(await over).toMatchObject({ stopped: 'interrupted' });
  });
});
