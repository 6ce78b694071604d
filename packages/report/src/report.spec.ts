import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { trialFolderName, trialId, writeAbout, writeResult, type TrialResult } from '@lomap/results';
import { fakeResult } from '@lomap/results/testing';
import { fakeAblation, fakeSweep } from './testing/fake-sweep.ts';
import { report } from './report.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lomap-report-'));
});
afterEach(() => rm(directory, { recursive: true }));

async function write(folder: string, results: readonly TrialResult[]): Promise<void> {
  for (const result of results) {
    await writeResult(join(folder, trialFolderName(result.trial.settings, result.trial.id)), result);
  }
}

describe('report', () => {
  test('writes tables and charts of every sweep, the same bytes from the same results', async () => {
    const results = join(directory, 'results');
    await write(join(results, 'fake-sweep'), fakeSweep());
    await write(join(results, 'fake-ablation'), fakeAblation());
    await mkdir(join(results, 'not-a-sweep'));

    const [a, b] = [join(directory, 'a'), join(directory, 'b')];
    const first = await report({ resultsDirectory: results, outputDirectory: a });
    const second = await report({ resultsDirectory: results, outputDirectory: b });
    expect(first.warnings).toEqual([]);
    expect(first.files.map((file) => file.slice(a.length + 1))).toEqual([
      ...names('fake-ablation', { main: ADAPTED, ablation: ADAPTED }, ['scores', 'differences', 'ablation'], 1),
      ...names('fake-sweep', { main: COMPARED, search: [] }, ['scores', 'differences', 'search'], 3),
      'index.html',
    ]);
    for (const [i, file] of first.files.entries()) {
      expect((await readFile(file)).equals(await readFile(second.files[i]!))).toBe(true);
    }
  });

  test('takes one sweep’s folder, and one sweep by name', async () => {
    const folder = join(directory, 'fake-ablation');
    await write(folder, fakeAblation());
    const own = await report({ resultsDirectory: folder });
    expect(own.files).toContain(join(folder, 'tables', 'ablation.md'));
    const named = await report({ resultsDirectory: directory, sweep: 'fake-ablation' });
    expect(named.files).toEqual(own.files);
    expect([own.frontPage, named.frontPage]).toEqual([null, null]);
    await expect(report({ resultsDirectory: directory, sweep: 'other' })).rejects.toThrow(
      /no sweep "other".*fake-ablation/,
    );
    await expect(report({ resultsDirectory: directory, sweep: '../x' })).rejects.toThrow(/expected the name/);
  });

  test('a sweep whose metric a plugin adds is not reported without that plugin', async () => {
    const folder = join(directory, 'own-metric');
    const results = fakeAblation().map((result): TrialResult => {
      const { trial } = result;
      const settings = { ...trial.settings, plugins: ['ab'.repeat(32)] };
      const primary = { ...trial.primary, metric: 'brier' };
      return { ...result, trial: { ...trial, settings, id: trialId(settings), primary } };
    });
    await write(folder, results);
    await expect(report({ resultsDirectory: folder })).rejects.toThrow(/metric brier is of a plugin.*--plugins/);
    expect((await readdir(folder)).filter((name) => ['tables', 'charts', 'report.html'].includes(name))).toEqual([]);
  });

  test('what an earlier report of more trials left beside the page goes, and nothing else', async () => {
    const folder = join(directory, 'fake-ablation');
    await write(folder, fakeAblation());
    await mkdir(join(folder, 'report'));
    for (const name of ['trials-7.js', 'mine.js']) await writeFile(join(folder, 'report', name), '');
    await report({ resultsDirectory: folder });
    expect((await readdir(join(folder, 'report'))).sort()).toEqual([
      'charts.js',
      'mine.js',
      'trials-1.js',
      'trials.js',
    ]);
  });

  test('a broken result is a warning; the others are reported', async () => {
    await write(join(directory, 'fake-sweep'), fakeSweep());
    await mkdir(join(directory, 'fake-sweep', 'broken'));
    await writeFile(join(directory, 'fake-sweep', 'broken', 'result.json'), '{}');
    const { files, warnings } = await report({ resultsDirectory: directory });
    expect(files).toHaveLength(27);
    expect(warnings).toEqual([expect.stringMatching(/broken\/result\.json: schemaVersion/)]);
  });

  test('says what trials cannot say themselves: the question, who diverged, what older predictions show', async () => {
    const folder = join(directory, 'fake-sweep');
    const at = (label: string, seed: number, training = {}) =>
      fakeResult({ label, seed, task: 'wnli', score: 0.563, training });
    const results = [1, 2].flatMap((seed) => [at('lora', seed), at('dora', seed, { epochs: 4 })]);
    for (const result of results) {
      const predictions = [0, 1].map((index) => ({ split: 'dev', index, label: index, logits: [1, index / 2] }));
      await writeResult(join(folder, trialFolderName(result.trial.settings, result.trial.id)), result, predictions);
    }
    const lost = fakeResult({ label: 'lora', task: 'wnli', purpose: 'search', seed: 101, learningRate: 0.1 });
    const diverged = { purpose: 'search' as const, settings: lost.trial.settings, error: 'the loss is NaN' };
    await writeAbout(folder, { schemaVersion: 1, question: ['training.epochs'], diverged: [diverged] });
    const { summaries } = await report({ resultsDirectory: directory });
    expect(summaries.get('fake-sweep')).toMatch(/^The sweep asks about training\.epochs: 3 in LoRA; 4 in DoRA\.\n/);
    const table = (name: string) => readFile(join(folder, 'tables', `${name}.md`), 'utf8');
    expect(await table('main')).toMatch(
      /Constant predictions on dev .*: LoRA on WNLI, 2 of 2 seeds; DoRA on WNLI, 2 of/,
    );
    expect((await table('search')).replaceAll(/ +/g, ' ')).toContain('| LoRA | WNLI | 1e-1 | diverged (1) | taken');

    await writeFile(join(folder, 'about.json'), '{"question": []}');
    const broken = await report({ resultsDirectory: directory });
    expect(broken.warnings).toEqual([expect.stringMatching(/about\.json: schemaVersion/)]);
    expect(broken.summaries.get('fake-sweep')).toMatch(/^Unequal protocols: training\.epochs/);
  });

  test('nothing to report is an error that says so', async () => {
    await expect(report({ resultsDirectory: directory })).rejects.toThrow(/no finished trial here/);
    await expect(report({ resultsDirectory: join(directory, 'nowhere') })).rejects.toThrow(/nowhere: cannot be listed/);
    await mkdir(join(directory, 'sweep', 'torn'), { recursive: true });
    await writeFile(join(directory, 'sweep', 'torn', 'result.json'), '{"trial"');
    await expect(report({ resultsDirectory: directory })).rejects.toThrow(
      /no finished trial.*torn\/result\.json: not JSON/,
    );
  });
});

/** The grids of a comparison beside its first one. */
const COMPARED = ['differences', 'endpoint', 'rates'];
const ADAPTED = [...COMPARED, 'matrices'];

/** The files of a sweep: its tables, each with the LaTeX files beside its first one, its charts, and its page's. */
function names(sweep: string, tables: Record<string, string[]>, charts: string[], trialFiles: number): string[] {
  return [
    ...Object.entries(tables).flatMap(([name, grids]) => [
      ...['md', 'csv', 'tex'].map((end) => `${sweep}/tables/${name}.${end}`),
      ...[...grids, 'notes'].map((grid) => `${sweep}/tables/${name}-${grid}.tex`),
    ]),
    ...charts.flatMap((name) => ['vl.json', 'svg', 'png'].map((end) => `${sweep}/charts/${name}.${end}`)),
    ...['charts', 'trials', ...Array.from({ length: trialFiles }, (_, i) => `trials-${i + 1}`)].map(
      (name) => `${sweep}/report/${name}.js`,
    ),
    `${sweep}/report.html`,
  ];
}
