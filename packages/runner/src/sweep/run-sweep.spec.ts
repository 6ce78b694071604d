import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { PACKED_FILES, packSweep, readAbout, readResults } from '@lomap/results';
import type { Sweep } from '../config/sweep.ts';
import { silent } from '../progress/progress.ts';
import { readJournal } from '../store/journal.ts';
import { sweepPaths, type SweepPaths } from '../store/layout.ts';
import { acquireLock } from '../store/lock.ts';
import { failure, fakeExecutor, fakeIdentity, fakeProvenance, fakeSweep, type FakeExecutor } from '../testing/fakes.ts';
import type { Assignment } from '../worker/messages.ts';
import { runSweep, type RunSweepOptions } from './run-sweep.ts';

let paths: SweepPaths;
let messages: string[];
beforeEach(() => {
  paths = sweepPaths('/nowhere', 'fake', mkdtempSync(join(tmpdir(), 'lomap-sweep-')));
  messages = [];
});

const run = (sweep: Sweep, executor: FakeExecutor, options: Partial<RunSweepOptions> = {}) =>
  runSweep({
    sweep,
    identity: fakeIdentity,
    paths,
    run: {
      sweep: 'fake',
      checkpointEverySteps: 1,
      provenance: fakeProvenance,
    },
    data: 'd',
    retryFailed: false,
    failFast: false,
    command: 'lomap sweep',
    executor,
    progress: { ...silent, message: (text) => void messages.push(text) },
    signal: new AbortController().signal,
    ...options,
  });

const folders = (): string[] => readdirSync(paths.results).filter((name) => !name.startsWith('.'));
const half = () => fakeExecutor(() => 0.5);

describe('a sweep', () => {
  test('leaves one folder a trial, and a second run has nothing to do', async () => {
    const first = half();
    expect(await run(fakeSweep(), first)).toMatchObject({ exitCode: 0, complete: 8, unfinished: 0 });
    expect(first.ran).toHaveLength(8);
    expect(folders()).toHaveLength(8);
    for (const folder of folders())
      expect(readdirSync(join(paths.results, folder))).toEqual(['predictions.csv', 'result.json']);
    const again = half();
    expect(await run(fakeSweep(), again)).toMatchObject({ exitCode: 0, complete: 8 });
    expect(again.ran).toEqual([]);
  });

  test('counts what is finished even when the work folder is gone, and only adds trials of a larger grid', async () => {
    await run(fakeSweep({ seeds: [1] }), half());
    const executor = half();
    await run(fakeSweep({ seeds: [1, 2] }), executor);
    expect(executor.ran.map(({ settings }) => settings.seed)).toEqual([2, 2, 2, 2]);
    expect(messages.join()).toContain('The plan has changed');
    rmSync(paths.work, { recursive: true });
    const other = half();
    expect(await run(fakeSweep({ seeds: [1, 2] }), other)).toMatchObject({ exitCode: 0 });
    expect(other.ran).toEqual([]);
  });

  test('goes on after one failure, keeps its error, and runs it again only when asked to', async () => {
    const broken = (assignment: Assignment) =>
      assignment.settings.task === 'rte' &&
      assignment.settings.seed === 1 &&
      assignment.settings.method.label === 'lora';
    const outcome = await run(
      fakeSweep(),
      fakeExecutor((a) => (broken(a) ? failure('out of luck') : 0.5)),
    );
    expect(outcome).toMatchObject({ exitCode: 1, complete: 7, unfinished: 1 });
    expect(outcome.failed[0]).toMatch(/^rte-lora-s1-.*: out of luck$/);
    const folder = readdirSync(paths.work).find((name) => name.startsWith('rte-lora-s1'))!;
    expect(readFileSync(join(paths.work, folder, 'error.txt'), 'utf8')).toContain('attempt 1: out of luck');

    const resumed = half();
    expect(await run(fakeSweep(), resumed)).toMatchObject({ exitCode: 1, unfinished: 1 });
    expect(resumed.ran).toEqual([]);
    expect(messages.join()).toContain('--retry-failed');

    const retried = half();
    expect(await run(fakeSweep(), retried, { retryFailed: true })).toMatchObject({ exitCode: 0, complete: 8 });
    expect(retried.ran.map(({ attempt }) => attempt)).toEqual([2]);
  });

  test('stops after three equal errors, at once when the disk is full, and at the first with --fail-fast', async () => {
    const equal = fakeExecutor((a) => failure(`cannot open ${a.folder}/x`), 1);
    expect(await run(fakeSweep(), equal)).toMatchObject({ exitCode: 1, complete: 0 });
    expect(equal.ran).toHaveLength(3);
    expect(messages.join()).toContain('3 equal errors');
    const full = fakeExecutor(() => failure('no space', 'Error', 'ENOSPC'), 1);
    expect(await run(fakeSweep(), full)).toMatchObject({
      exitCode: 1,
      failed: expect.not.arrayContaining([expect.stringContaining('no space')]),
    });
    expect(full.ran).toHaveLength(1);
    const fast = fakeExecutor((_, i) => failure(`error ${'x'.repeat(i)}`), 1);
    await run(fakeSweep(), fast, { failFast: true, retryFailed: true });
    expect(fast.ran).toHaveLength(1);
  });

  test('stops on the signal with exit code 130 and goes on where it stopped', async () => {
    const controller = new AbortController();
    const executor = fakeExecutor((_, i) => {
      if (i < 3) return 0.5;
      controller.abort();
      return { type: 'interrupted' };
    }, 1);
    expect(await run(fakeSweep(), executor, { signal: controller.signal })).toMatchObject({
      exitCode: 130,
      complete: 2,
      unfinished: 6,
      failed: [],
    });
    expect(readJournal(paths.journal).at(-1)).toMatchObject({ type: 'ended', outcome: 'interrupted' });
    const rest = fakeExecutor(() => 0.5, 1);
    expect(await run(fakeSweep(), rest)).toMatchObject({ exitCode: 0 });
    expect(rest.ran.map(({ attempt }) => attempt)).toEqual([2, 1, 1, 1, 1, 1]);
  });

  test('runs a trial again whose worker was killed from outside', async () => {
    const killed = { name: 'WorkerDied', message: 'killed by SIGKILL', stack: null, code: null };
    const executor = fakeExecutor((_, i) => (i === 1 ? { type: 'interrupted', error: killed } : 0.5));
    expect(await run(fakeSweep(), executor)).toMatchObject({ exitCode: 1, complete: 7 });
    expect(await run(fakeSweep(), half())).toMatchObject({ exitCode: 0, complete: 8 });
  });

  test('sets a damaged result aside and runs its trial again', async () => {
    await run(fakeSweep(), half());
    const folder = folders()[0]!;
    writeFileSync(join(paths.results, folder, 'result.json'), '{"schemaVersion": 1');
    const executor = half();
    expect(await run(fakeSweep(), executor)).toMatchObject({ exitCode: 0, complete: 8 });
    expect(executor.ran).toHaveLength(1);
    expect(readdirSync(paths.setAside)[0]).toContain(folder);
    expect(messages.join()).toContain('Not counted as finished');
  });

  test('runs a trial again whose predictions were lost, and keeps its result until then', async () => {
    await run(fakeSweep(), half());
    const folder = folders()[0]!;
    const file = join(paths.results, folder, 'result.json');
    const old = readFileSync(file, 'utf8');
    rmSync(join(paths.results, folder, 'predictions.csv'));
    let meanwhile = '';
    const executor = fakeExecutor(() => {
      meanwhile = readFileSync(file, 'utf8');
      return 0.75;
    });
    expect(await run(fakeSweep(), executor)).toMatchObject({ exitCode: 0, complete: 8 });
    expect(executor.ran.map((assignment) => assignment.folder)).toEqual([folder]);
    expect(meanwhile).toBe(old);
    expect(messages.join()).toContain(`Not counted as finished: ${file}: predictions.csv beside it is missing.`);
    expect(readdirSync(join(paths.results, folder))).toEqual(['predictions.csv', 'result.json']);
    expect(readFileSync(file, 'utf8')).not.toBe(old);
    expect(readFileSync(join(paths.setAside, readdirSync(paths.setAside)[0]!, 'result.json'), 'utf8')).toBe(old);
  });

  test('says of finished trials that --keep-adapters comes too late for them', async () => {
    await run(fakeSweep(), half());
    const settings = { sweep: 'fake', checkpointEverySteps: 1 };
    const again = half();
    await run(fakeSweep(), again, { run: { ...settings, provenance: fakeProvenance, keepAdapters: true } });
    expect(again.ran).toEqual([]);
    expect(messages.join()).toContain('8 finished trials ran without --keep-adapters and have none');
  });

  test('finds packed trials, runs what they lack into folders, and leaves the packed files alone', async () => {
    await run(fakeSweep({ seeds: [1] }), half());
    const { trials } = await packSweep(paths.results);
    expect(folders().sort()).toEqual([...PACKED_FILES].sort());
    const bytes = (): string[] => PACKED_FILES.map((file) => readFileSync(join(paths.results, file), 'latin1'));
    const packed = bytes();
    rmSync(paths.work, { recursive: true });

    const again = half();
    expect(await run(fakeSweep({ seeds: [1] }), again)).toMatchObject({ exitCode: 0, complete: trials });
    expect(again.ran).toEqual([]);
    const larger = half();
    expect(await run(fakeSweep(), larger)).toMatchObject({ exitCode: 0, complete: 8 });
    expect(larger.ran).toHaveLength(8 - trials);
    expect(bytes()).toEqual(packed);
    expect(folders()).toHaveLength(8 - trials + PACKED_FILES.length);
    expect((await readResults(paths.results)).results).toHaveLength(8);
    expect(await packSweep(paths.results)).toMatchObject({ trials: 8, added: 8 - trials });
  });

  test('runs nothing where packed files are damaged', async () => {
    await run(fakeSweep(), half());
    await packSweep(paths.results);
    rmSync(join(paths.results, 'details.jsonl.gz'));
    const executor = half();
    await expect(run(fakeSweep(), executor)).rejects.toThrow(/details\.jsonl\.gz: there is no such file/);
    expect(executor.ran).toEqual([]);
  });

  test('refuses a second runner and leaves the first one alone', async () => {
    mkdirSync(paths.work, { recursive: true });
    const release = await acquireLock(paths.work, () => {});
    await expect(run(fakeSweep(), half())).rejects.toThrow('already running');
    await release();
    expect(existsSync(paths.journal)).toBe(false);
  });
});

describe('a searched sweep', () => {
  const search = { task: 'mrpc', seeds: [101], learningRates: [1e-4, 1e-3, 1e-2] };
  const sweep = () => fakeSweep({ search, tasks: ['rte'], seeds: [1] });
  const rates = ({ ran }: FakeExecutor) =>
    ran
      .filter(({ purpose }) => purpose === 'main')
      .map(({ settings, notes }) => [settings.method.label, settings.training.learningRate, notes.length] as const)
      // Which worker is the first to take one is nobody's business.
      .sort(([a], [b]) => a.localeCompare(b));

  test('chooses for each method on the selection score, then runs the main trials', async () => {
    const executor = fakeExecutor(({ settings }) => {
      const peak = settings.method.label === 'head' ? 1e-3 : 1e-2;
      return settings.training.learningRate === peak ? 0.9 : 0.1;
    });
    expect(await run(sweep(), executor)).toMatchObject({ exitCode: 0, complete: 8 });
    expect(rates(executor)).toEqual([
      ['head', 1e-3, 1],
      ['lora', 1e-2, 2],
    ]);
    expect(readJournal(paths.journal).filter((event) => event.type === 'choice')).toHaveLength(2);
    expect(messages.join()).toContain('largest of the search space');
  });

  test('takes a divergence as an answer, and leaves a method out whose search failed', async () => {
    const executor = fakeExecutor(({ purpose, settings }) => {
      if (purpose === 'search' && settings.training.learningRate === 1e-2) {
        return settings.method.label === 'head' ? failure('loss is NaN', 'DivergenceError') : failure('broken');
      }
      return 0.5;
    });
    expect(await run(sweep(), executor)).toMatchObject({ exitCode: 1, unfinished: 2 });
    // Chosen, a tie of the two rates left, one that diverged.
    expect(rates(executor)).toEqual([['head', 1e-4, 3]]);
    expect(messages.join()).toContain('lora: its search is not complete');

    const { diverged } = await readAbout(paths.results);
    expect(diverged).toEqual([{ purpose: 'search', settings: expect.anything(), error: 'loss is NaN' }]);
    expect(diverged[0]!.settings).toMatchObject({ method: { label: 'head' }, training: { learningRate: 1e-2 } });

    const retried = half();
    expect(await run(sweep(), retried, { retryFailed: true })).toMatchObject({ exitCode: 0, unfinished: 0 });
    expect((await readAbout(paths.results)).diverged).toEqual([]);
  });

  test('does not choose a collapsed learning rate, though it scores best, and says so', async () => {
    const executor = fakeExecutor(({ purpose, settings: { training } }) =>
      purpose === 'search' && training.learningRate === 1e-2 ? { collapsedAt: 0.9 } : 1e-4 / training.learningRate,
    );
    expect(await run(sweep(), executor)).toMatchObject({ exitCode: 0 });
    expect(rates(executor).map(([, rate]) => rate)).toEqual([1e-4, 1e-4]);
    expect(messages.join()).toContain('collapsed, so counted as 0, at learning rate 0.01 (1 of 1 seed)');
  });

  test('leaves the sweep’s question and the diverged trials of other plans beside the results', async () => {
    const loss = () => failure('loss is NaN', 'DivergenceError');
    const main = fakeExecutor(({ settings }) => (settings.method.label === 'lora' ? loss() : 0.5));
    await run(fakeSweep({ tasks: ['rte'], seeds: [1], question: ['training.epochs'] }), main);
    expect(await readAbout(paths.results)).toMatchObject({
      question: ['training.epochs'],
      diverged: [{ purpose: 'main', settings: { method: { label: 'lora' } } }],
    });
    await run(fakeSweep({ tasks: ['mrpc'], seeds: [1] }), half());
    expect(await readAbout(paths.results)).toMatchObject({ question: [], diverged: [{ settings: { task: 'rte' } }] });
    writeFileSync(join(paths.results, 'about.json'), '{');
    expect(await run(fakeSweep({ tasks: ['mrpc'], seeds: [1] }), half())).toMatchObject({ exitCode: 0 });
    expect(messages.join()).toContain('about.json: not JSON');
  });
});
