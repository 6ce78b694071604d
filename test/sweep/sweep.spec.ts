/**
 * A whole sweep through the command line, on a model and tasks small enough for seconds: finished, killed, interrupted.
 * Needs the build (`npm test` makes it first).
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { collapsedOnSelection, hardlyVary, readResults, trialFolderName, type TrialResult } from '@lomap/results';
import { lomap, start, until, type Ended } from './lomap.ts';
import { checkpoints, trialBytes, trialFolders } from './outputs.ts';
import { DEV_ROWS, writeTinyGlue } from './tiny-glue.ts';
import { writeTinyModel } from './tiny-model.ts';

const folder = mkdtempSync(join(tmpdir(), 'lomap-whole-sweep-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Long enough (120 steps) for a trial to have checkpoints, every 25 steps, well before its end. */
const sweepFile = {
  name: 'tiny',
  base: {
    method: { rank: 2, loraAlpha: 4 },
    training: { batchSize: 8, maxSteps: 120, maxLength: 32, dropout: 0.1 },
    selection: { fraction: 0.2 },
  },
  tasks: ['mrpc', 'stsb'],
  methods: ['lora', 'lomap'],
  seeds: [1, 2],
  search: { task: 'mrpc', seeds: [101], learningRates: [1e-3, 1e-2] },
};
const SEARCH = 4;
const MAIN = 8;

const config = join(folder, 'tiny.json');
const outOf = (name: string): string => join(folder, name);
const sweep = (out: string): string[] => [
  ...['sweep', '--config', config, '--model', join(folder, 'model'), '--data', join(folder, 'glue')],
  ...['--out', outOf(out), '--jobs', '2', '--threads', '1'],
];

let whole: Ended;
let results: TrialResult[];
beforeAll(async () => {
  writeFileSync(config, JSON.stringify(sweepFile));
  writeTinyGlue(join(folder, 'glue'));
  await writeTinyModel(join(folder, 'model'));
  whole = await lomap(sweep('whole'));
  ({ results } = await readResults(outOf('whole')));
});

/** The logits, or the prediction, of a line of predictions.csv. */
function outputsOf(line: string): number[] {
  return line.split(',').slice(3).map(Number);
}

describe('a sweep with a search', () => {
  test('ends with its table, findings in words and where table, charts and page are', () => {
    expect(whole.stdout).toMatch(/^Score on dev .*\n\nMethod .*\n-+\nLoRA .*\nLoMAP/);
    expect(whole.stdout).toMatch(/^- .*LoMAP/m);
    for (const path of ['tables/main.md', 'charts/scores.png', 'report.html']) {
      expect(whole.stdout).toContain(outOf(`whole/${path}`));
      expect(existsSync(outOf(`whole/${path}`))).toBe(true);
    }
  });

  test('ends with exit code 0 and one folder a trial', async () => {
    expect(whole.code).toBe(0);
    expect(whole.stderr).toContain(`Complete: ${SEARCH + MAIN} trials in ${outOf('whole')}`);
    expect((await readResults(outOf('whole'))).problems).toEqual([]);
    expect(trialFolders(outOf('whole'))).toEqual(
      results.map(({ trial: { id, settings } }) => trialFolderName(settings, id)),
    );
    expect(results.filter(({ trial }) => trial.purpose === 'search')).toHaveLength(SEARCH);
    expect(results.filter(({ trial }) => trial.purpose === 'main')).toHaveLength(MAIN);
  });

  test('search trials never see dev; main trials predict every example of it', () => {
    for (const { trial } of results) {
      const { predictions } = trialBytes(outOf('whole'))[trialFolderName(trial.settings, trial.id)]!;
      if (trial.purpose === 'search') {
        expect(predictions).toBeNull();
        expect(trial.dev).toEqual({});
        expect(trial.selectionScore).not.toBeNull();
        expect(typeof collapsedOnSelection(trial)).toBe('boolean');
        expect(trial).not.toHaveProperty('devCollapsed');
      } else {
        const [header, ...rows] = (predictions ?? '').trimEnd().split('\n');
        expect(header).toMatch(/^split,index,label,(prediction|logit_0,logit_1)$/);
        expect(rows).toHaveLength(DEV_ROWS);
        expect(trial.primary.value).not.toBeNull();
        expect(trial.devCollapsed).toEqual({ [Object.keys(trial.dev)[0]!]: hardlyVary(rows.map(outputsOf)) });
      }
      expect(trial.steps).toBe(sweepFile.base.training.maxSteps);
      expect(trial.curves.loss).toHaveLength(trial.steps);
    }
  });

  test('main trials use the learning rate with the best score on the selection split', () => {
    for (const label of sweepFile.methods) {
      const own = results.filter(({ trial }) => trial.settings.method.label === label).map(({ trial }) => trial);
      const search = own.filter(({ purpose }) => purpose === 'search');
      const best = Math.max(...search.map(({ selectionScore }) => selectionScore!));
      const winners = search.filter(({ selectionScore }) => selectionScore === best);
      const rates = new Set(
        own.filter(({ purpose }) => purpose === 'main').map((t) => t.settings.training.learningRate),
      );
      expect(rates.size).toBe(1);
      expect(winners.map((t) => t.settings.training.learningRate)).toContain([...rates][0]);
    }
  });

  test('a second run does nothing and says so', async () => {
    const raw = (): string[] =>
      trialFolders(outOf('whole')).map((name) => readFileSync(join(outOf('whole'), name, 'result.json'), 'utf8'));
    const before = raw();
    const again = await lomap(sweep('whole'));
    expect(again.code).toBe(0);
    expect(again.stderr).toMatch(/12 trials, 12 finished before/);
    expect(again.stderr).toContain('Complete: 12 trials');
    expect(again.stderr).not.toMatch(/started|epoch/);
    expect(raw()).toEqual(before);
  });

  test('list, status and show tell what became of it', async () => {
    const folders = ['--config', config, '--out', outOf('whole')];
    const list = await lomap(['list', ...folders, '--format', 'json']);
    expect(list).toMatchObject({ code: 0, stderr: '' });
    const entries = JSON.parse(list.stdout) as { folder: string; state: string; score: number | null }[];
    expect(entries.map(({ folder }) => folder).sort()).toEqual(trialFolders(outOf('whole')));
    expect(entries.every(({ state, score }) => state === 'complete' && score !== null)).toBe(true);
    const status = await lomap(['status', ...folders]);
    expect(status).toMatchObject({ code: 0, stderr: '' });
    expect(status.stdout).toMatch(/^Sweep tiny in .*\nNot running\.\ncomplete 12, running 0/);
    const show = await lomap(['show', ...folders, 'stsb-lora-s2']);
    expect(show).toMatchObject({ code: 0, stderr: '' });
    expect(show.stdout).toMatch(/state +complete, 1 attempts\n[^]*result +pearson_spearman/);
  });

  test('report makes tables and charts, the same bytes each time', async () => {
    const make = async (name: string): Promise<Map<string, Buffer>> => {
      const out = join(folder, name);
      const made = await lomap(['report', '--results', outOf('whole'), '--out', out]);
      expect(made.code).toBe(0);
      const files = made.stdout.trimEnd().split('\n');
      return new Map(files.map((file) => [relative(out, file), readFileSync(file)]));
    };
    const files = await make('report');
    const tables = ['md', 'csv', 'tex'].map((type) => `tables/main.${type}`);
    const charts = ['vl.json', 'svg', 'png'].map((type) => `charts/scores.${type}`);
    expect([...files.keys()]).toEqual(expect.arrayContaining([...tables, ...charts]));
    expect(String(files.get('tables/main.md'))).toMatch(/^\| LoRA .* ± .* \(2\)/m);
    expect(await make('report-again')).toEqual(files);
  });
});

describe('a sweep stopped in the middle ends with the same bytes as one never stopped', () => {
  const same = async (out: string): Promise<void> => {
    expect((await readResults(outOf(out))).problems).toEqual([]);
    expect(trialBytes(outOf(out))).toEqual(trialBytes(outOf('whole')));
  };
  const resumed = /Resumed at step (25|50|75|100) of 120/;

  test('kill -9 of everything in the search, and of the runner alone in the main trials', async () => {
    const first = start(sweep('killed'));
    await until(first, () => checkpoints(outOf('killed')).length > 0);
    first.signalGroup('SIGKILL');
    expect((await first.ended).code).toBeNull();

    const second = start(sweep('killed'));
    const main = (path: string): boolean => !path.includes('-s101-');
    await until(second, () => checkpoints(outOf('killed')).some(main));
    second.signal('SIGKILL');
    expect((await second.ended).code).toBeNull();
    expect((await readResults(outOf('killed'))).problems).toEqual([]);

    const last = await lomap(sweep('killed'));
    expect(last.code).toBe(0);
    expect(second.stderr()).toMatch(resumed);
    expect(last.stderr).toMatch(resumed);
    await same('killed');
  });

  test('kill -9 of a worker: its trial is left for the next start, the others run', async () => {
    const first = start(sweep('orphaned'));
    await until(first, () => checkpoints(outOf('orphaned')).length > 0);
    const journal = join(outOf('orphaned'), '.work', 'journal.jsonl');
    // The worker of the trial whose checkpoint was seen: another may have nothing to do any more.
    const [seen] = checkpoints(outOf('orphaned'));
    const running = readFileSync(journal, 'utf8')
      .split('\n')
      .filter((line) => line.includes('"state":"running"'))
      .map((line) => JSON.parse(line) as { folder: string; place: { id: string } })
      .filter((entry) => seen!.includes(entry.folder));
    const worker = running.at(-1)!.place.id;
    process.kill(Number(worker), 'SIGKILL');
    const ended = await first.ended;
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain(`The worker process ${worker} was killed by SIGKILL.`);

    expect(await lomap(sweep('orphaned'))).toMatchObject({ code: 0 });
    await same('orphaned');
  });

  test('kill -9 between a trial’s end and its commit: the next start commits what the worker left', async () => {
    const work = join(outOf('uncommitted'), '.work');
    const left = (): string[] =>
      existsSync(work) ? readdirSync(work).filter((name) => existsSync(join(work, name, 'result', 'result.json'))) : [];
    const first = start(sweep('uncommitted'));
    await until(first, () => checkpoints(outOf('uncommitted')).length > 0);
    // The workers go on, and nobody commits.
    first.signal('SIGSTOP');
    await until(first, () => left().length > 0);
    first.signal('SIGKILL');
    await first.ended;
    const [folder] = left();
    const text = readFileSync(join(work, folder!, 'result', 'result.json'), 'utf8');
    expect(existsSync(join(outOf('uncommitted'), folder!))).toBe(false);

    const last = await lomap(sweep('uncommitted'));
    expect(last.code).toBe(0);
    expect(readFileSync(join(outOf('uncommitted'), folder!, 'result.json'), 'utf8')).toBe(text);
    expect(left()).toEqual([]);
    await same('uncommitted');
  });

  test('Ctrl-C: exit code 130, the command that goes on, and it does', async () => {
    const first = start(sweep('interrupted'));
    await until(first, () => checkpoints(outOf('interrupted')).length > 0);
    first.signalGroup('SIGINT');
    const stopped = await first.ended;
    expect(stopped.code).toBe(130);
    expect(stopped.stderr).toContain('SIGINT: stopping at the next step, with a checkpoint.');
    expect(stopped.stderr).toMatch(/\d+ trials are finished and kept in .*; \d+ are not\./);
    expect(stopped.stderr).not.toContain('    at ');

    const command = /^To go on: npx lomap (.+)$/m.exec(stopped.stderr)?.[1] ?? '';
    const last = await lomap(command.split(' '));
    expect(last.code).toBe(0);
    expect(last.stderr).toMatch(/Resumed at step \d+ of 120/);
    await same('interrupted');
  });
});
