/** Real processes: the built `serve` with fake trials. */
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { planMain } from '../plan/plan.ts';
import { isAlive } from '../store/lock.ts';
import { fakeIdentity, fakeProvenance, fakeSweep } from '../testing/fakes.ts';
import type { Assignment, TrialReport } from '../worker/messages.ts';
import { workerPool, type Executor } from './pool.ts';

const entry = fileURLToPath(new URL('../worker/fake-worker.mjs', import.meta.url));
const log = join(mkdtempSync(join(tmpdir(), 'lomap-pool-')), 'log.txt');
const trial = planMain(fakeSweep(), fakeIdentity, new Map())[0]!;

function assignment(kind: string, ownProcess?: boolean): Assignment {
  const { id, folder, purpose, settings } = trial;
  const own = { model: '', data: '', cache: '', checkpoint: '', heartbeat: '' };
  const paths = { ...own, staging: '', result: '', setAside: '' };
  return {
    id,
    folder,
    sweep: kind,
    purpose,
    settings,
    notes: [],
    attempt: 1,
    threads: 1,
    checkpointEverySteps: 1,
    paths,
    provenance: fakeProvenance,
    ...(ownProcess === undefined ? {} : { ownProcess }),
  };
}

beforeAll(() => {
  if (!existsSync(fileURLToPath(new URL('../../dist/worker/serve.js', import.meta.url)))) {
    throw new Error('The runner is not built: npx nx build @lomap/runner');
  }
});

let pool: Executor;
let pids: number[];
let reports: TrialReport[];
beforeEach(() => {
  pool = workerPool(entry, []);
  pids = [];
  reports = [];
});
afterEach(() => pool.kill());

const run = (kind: string, onReport: (report: TrialReport) => void = () => {}) =>
  pool.run(
    assignment(kind),
    log,
    (pid) => pids.push(pid),
    (report) => {
      reports.push(report);
      onReport(report);
    },
  );

test('one worker runs one trial after another; what it prints is logged', async () => {
  expect(await run('fine')).toEqual({ type: 'complete', metric: 'accuracy', score: 0.5, selectionScore: 0.5 });
  expect(await run('fine')).toMatchObject({ type: 'complete' });
  expect(new Set(pids).size).toBe(1);
  expect(reports).toContainEqual({ type: 'note', text: `process ${pids[0]}` });
  await pool.close();
  expect(isAlive(pids[0]!)).toBe(false);
  expect(readFileSync(log, 'utf8')).toContain(`runs ${trial.folder}`);
});

test('a trial with a process of its own leaves none behind', async () => {
  const own = () =>
    pool.run(
      assignment('fine', true),
      log,
      (pid) => pids.push(pid),
      () => {},
    );
  expect(await own()).toMatchObject({ type: 'complete' });
  expect(await own()).toMatchObject({ type: 'complete' });
  expect(new Set(pids).size).toBe(2);
  await pool.close();
  for (const pid of pids) expect(isAlive(pid)).toBe(false);
});

test('an error or a crash costs one trial, and the next one a fresh process', async () => {
  expect(await run('throw')).toMatchObject({
    type: 'failed',
    error: { name: 'TypeError', message: 'the trial is broken' },
  });
  expect(await run('exit')).toMatchObject({
    type: 'failed',
    error: { message: expect.stringContaining('exited with code 7') },
  });
  expect(await run('fine')).toMatchObject({ type: 'complete' });
  expect(new Set(pids).size).toBe(3);
  await pool.close();
});

test('a worker killed from outside leaves an interrupted trial', async () => {
  const outcome = run('hang', () => process.kill(pids[0]!, 'SIGKILL'));
  expect(await outcome).toMatchObject({ type: 'interrupted', error: { message: expect.stringContaining('SIGKILL') } });
  await pool.close();
});

test('stop interrupts running trials at their next step', async () => {
  expect(await run('hang', () => pool.stop())).toEqual({ type: 'interrupted' });
  await pool.close();
});
