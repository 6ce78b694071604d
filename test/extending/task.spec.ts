/** A task, its metric and its data from outside the packages: planned, trained, scored and reported like GLUE's. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { disposeFrozen } from '@lomap/compile';
import { findDataSource, registerDataSource } from '@lomap/data';
import { compare, comparisonTable, markdown, report, searchCurves } from '@lomap/report';
import { trialId, writeResult, type TrialResult } from '@lomap/results';
import { fakeResult } from '@lomap/results/testing';
import { checkSweep, identify, planMain, readSweepFile, registry, run } from '@lomap/runner';
import { DataError, registerMetric, type DataSource, type Example, type Metric, type Task } from '@lomap/tasks';
import { runTrial } from '@lomap/trial';
import { words } from '../sweep/tiny-glue.ts';
import { writeTinyModel } from '../sweep/tiny-model.ts';

/** -Σᵢ log softmax(zᵢ)_yᵢ / n, in nats: the smaller, the better. */
const logLoss: Metric = {
  name: 'log_loss',
  title: 'log loss',
  better: 'smaller',
  scale: 1,
  unit: 'nats',
  floor: Math.log(2),
  measure: (_, labels, outputs) => {
    const losses = outputs.map((row, i) => {
      return Math.log(row.reduce((sum, z) => sum + Math.exp(z), 0)) - row[labels[i]!]!;
    });
    return { value: losses.reduce((sum, loss) => sum + loss, 0) / labels.length };
  },
};

const file = (folder: string, split: string): string => join(folder, 'toy', `${split}.json`);
const splits = { train: 'train', dev: ['test'] } as const;

/** Whether the sentence names somebody quiet. */
const quiet: Task = {
  name: 'quiet',
  title: 'Quiet',
  suite: 'toy',
  about: 'whether somebody is quiet',
  kind: 'classification',
  labels: ['loud', 'quiet'],
  numLabels: 2,
  metrics: ['log_loss', 'accuracy'],
  primaryMetric: 'log_loss',
  splits,
  primarySplit: 'test',
  rows: { train: 48, test: 16 },
  load: async (folder, split) => {
    const texts = JSON.parse(readFileSync(file(folder, split), 'utf8')) as string[];
    const examples = texts.map((text, index): Example => {
      return { index, text, pair: null, label: Number(text.includes('quiet')) };
    });
    if (examples.length === 0) throw new DataError(`${file(folder, split)} has no sentences.`);
    return { examples, notes: split === 'test' ? ['nobody was asked'] : [] };
  },
  place: async (folder, split, index) => `${file(folder, split)}, sentence ${index}`,
  sha256: async (folder) => {
    const hash = createHash('sha256');
    for (const split of ['train', 'test']) hash.update(readFileSync(file(folder, split)));
    return hash.digest('hex');
  },
};

const toy: DataSource = {
  name: 'toy',
  title: 'the toy data',
  about: 'made of a few words',
  tasks: [quiet],
  provide: async ({ cacheDirectory }) => {
    const directory = join(cacheDirectory, 'toy-v1');
    mkdirSync(join(directory, 'toy'), { recursive: true });
    const [how, who] = [words.slice(-6), words.slice(3, 9)];
    const sentences = (count: number): string[] =>
      Array.from({ length: count }, (_, i) => `The ${i % 2 === 0 ? 'quiet' : how[1 + (i % 5)]!} ${who[i % 6]!}.`);
    writeFileSync(file(directory, 'train'), JSON.stringify(sentences(48)));
    writeFileSync(file(directory, 'test'), JSON.stringify(sentences(16)));
    return { directory, name: 'toy-v1' };
  },
};

const folder = mkdtempSync(join(tmpdir(), 'lomap-task-'));
const cache = join(folder, 'cache');
const config = join(folder, 'own.json');
let model: string;

beforeAll(async () => {
  registerMetric(logLoss);
  registerDataSource(toy);
  model = await writeTinyModel(join(folder, 'model'));
  const training = { epochs: 12, batchSize: 8, maxLength: 16, learningRate: 1e-2, dropout: 0 };
  const base = { training, selection: { fraction: 0.25 }, method: { rank: 4, targetModules: ['@linear'] } };
  writeFileSync(
    config,
    JSON.stringify({ name: 'own', data: 'toy', tasks: ['quiet'], methods: ['head', 'lora'], seeds: [1, 2], base }),
  );
});
afterAll(() => {
  disposeFrozen();
  rmSync(folder, { recursive: true, force: true });
});

async function told(...args: string[]): Promise<string> {
  const lines: string[] = [];
  const { log, error } = console;
  [console.log, console.error] = [(text: string) => lines.push(text), (text: string) => lines.push(text)];
  try {
    await run(args);
  } finally {
    [console.log, console.error] = [log, error];
  }
  return lines.join('\n');
}

describe('on the command line', () => {
  test('lomap tasks lists it, with its metrics and rows', async () => {
    expect(await told('tasks')).toMatch(/^quiet +Quiet +\*log_loss, accuracy +train 48, test 16 +loud, quiet/m);
    expect(JSON.parse(await told('tasks', 'Quiet', '--format', 'json'))).toMatchObject({
      ...{ name: 'quiet', about: 'whether somebody is quiet', primaryMetric: 'log_loss', splits: ['train', 'test'] },
    });
  });

  test('a sweep file names task and data; what the data lacks, and data that nobody has, is said', async () => {
    expect(await told('validate', '--config', config)).toContain('is valid: 4 trials (head, lora on quiet, 2 seeds)');
    expect(await told('tasks', '--data', 'toys')).toContain('or --data toy, made of a few words.');
    const other = await told('sweep', '--dry-run', '--config', config, '--model', model, '--tasks', 'rte');
    expect(other).toContain('The toy data has no RTE.');
  });
});

describe('a sweep of it', () => {
  const results: TrialResult[] = [];
  const out = join(folder, 'results');

  beforeAll(async () => {
    const sweep = checkSweep(config, readSweepFile(config), registry());
    const data = await findDataSource('toy')!.provide({
      ...{ text: 'toy', tasks: ['quiet'], cacheDirectory: cache, onProgress: () => {} },
    });
    const cells = Object.values(sweep.cells['quiet']!);
    const identity = await identify({ directory: model, name: 'tiny' }, data, ['quiet'], cache, cells);
    for (const trial of planMain(sweep, identity, new Map())) {
      const job = {
        ...{ ...trial, sweep: 'own', notes: [...trial.notes], attempt: 1, threads: 1, checkpointEverySteps: 100 },
        paths: { model, data: data.directory, cache, checkpoint: join(folder, trial.id) },
        provenance: { ...{ commit: null, dirty: null, lockfileSha256: null }, versions: {}, os: '', processor: '' },
      };
      const oversight = { signal: new AbortController().signal, activity: () => {} };
      const { result, predictions } = await runTrial(job, oversight, () => {});
      await writeResult(join(out, 'own', trial.folder), result, predictions);
      results.push(result);
    }
  });

  test('is identified by the hash of its data, and scored by its own metric', async () => {
    for (const { trial } of results) {
      expect(trial.id).toBe(trialId(trial.settings));
      expect(trial.settings.data).toEqual({ name: 'toy-v1/quiet', sha256: await quiet.sha256(join(cache, 'toy-v1')) });
      expect(trial.primary).toEqual({ metric: 'log_loss', value: trial.dev['test']!['log_loss'] });
      expect(trial.notes).toContain('test: nobody was asked');
    }
  });

  test('keeps the epoch of the smallest loss', () => {
    for (const { trial } of results) {
      const losses = trial.epochs.map(({ scores }) => scores['log_loss']!);
      expect(trial.epochs).toHaveLength(12);
      expect(trial.selectionScore).toBe(Math.min(...losses));
      expect(trial.selectionScore).toBeLessThan(Math.max(...losses));
    }
  });

  test('learns', () => {
    const lora = results.filter(({ trial }) => trial.settings.method.name === 'lora');
    for (const { trial } of lora) expect(trial.primary.value!).toBeLessThan(0.5 * logLoss.floor);
  });

  test('is reported in its unit, and the smaller value is the better one', async () => {
    await report({ resultsDirectory: out, outputDirectory: join(folder, 'report'), sweep: 'own' });
    const read = (name: string): string => readFileSync(join(folder, 'report', 'own', name), 'utf8');
    const table = read('tables/main.md');
    const [head, lora] = ['head', 'lora'].map((name) => {
      const own = results.filter(({ trial }) => trial.settings.method.name === name);
      return own.reduce((sum, { trial }) => sum + trial.primary.value!, 0) / own.length;
    }) as [number, number];
    for (const [title, mean] of [
      ['head only', head],
      ['LoRA', lora],
    ] as const) {
      expect(table).toMatch(new RegExp(`^\\| ${title} +\\| ${mean.toFixed(2)} ± `, 'm'));
    }
    expect(table).toContain('Score on dev in nats: mean ± standard deviation (seeds)');
    expect(table).toMatch(/\| Method +\| +Quiet \|/);
    expect(table).toContain('A score is the primary metric on dev: Quiet log loss.');
    expect(table).toContain('Smaller is better: log loss.');
    expect(table).not.toMatch(/points|within/);
    expect(table).toMatch(new RegExp(`^\\| head only .*\\| \\+${(head - lora).toFixed(2)} nats +\\|`, 'm'));
    expect(read('tables/main.tex')).toContain(`\\textbf{${lora.toFixed(2)}}`);
    expect(read('tables/main.tex')).toContain('Bold: the best mean of a column');
  });
});

test('a search takes the rate of the smallest loss, and counts constant predictions as the floor', () => {
  const at = (learningRate: number, score: number, collapsed = false): TrialResult =>
    fakeResult({ task: 'quiet', purpose: 'search', metric: 'log_loss', learningRate, score, collapsed });
  const [curve] = searchCurves([at(1e-3, 0.4), at(3e-3, 0.2), at(1e-2, 0.01, true)]);
  expect(curve!.choice!.best.learningRate).toBe(3e-3);
  expect(curve!.points.map(({ summary }) => summary!.mean)).toEqual([0.4, 0.2, logLoss.floor]);
});

test('beside a task in points it has a column, and nothing is averaged over the two', () => {
  const results = ['lora', 'dora'].flatMap((method, m) =>
    [1, 2, 3, 4, 5, 6].flatMap((seed) => [
      fakeResult({ task: 'rte', method, label: method, seed, score: 0.5 + 0.01 * m }),
      fakeResult({
        task: 'quiet',
        method,
        label: method,
        seed,
        metric: 'log_loss',
        score: 0.5 - 0.1 * m - 0.001 * seed,
      }),
    ]),
  );
  const table = markdown(comparisonTable(compare('own', results)!, 'two'));
  expect(table).toContain('Score on dev in points or nats: mean');
  expect(table).toMatch(/^\| Method \| +RTE \| +Quiet \|/m);
  expect(table).toMatch(/^\| DoRA +\| 51\.00 ± 0\.00 \(6\) \| 0\.40 ± 0\.00 \(6\) \|/m);
  expect(table).toContain('have no mean: accuracy in points and log loss in nats.');
  expect(table).not.toContain('Average');
  // Alone, the smaller loss is said to be the better one.
  const alone = compare(
    'own',
    results.filter(({ trial }) => trial.settings.task === 'quiet'),
  )!;
  expect(markdown(comparisonTable(alone, 'one'))).toMatch(/^\| DoRA +\| exceeds seed noise \| +−0\.10 nats \|/m);
  expect(markdown(comparisonTable(alone, 'one'))).toContain('- Smaller is better: log loss.');
});
