import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { AdapterFiles } from '@lomap/peft';
import { trialFolderName, writeResult, type Prediction, type TrialResult } from '@lomap/results';
import { fakeResult } from '@lomap/results/testing';
import { stageResult } from '../worker/stage-result.ts';
import { commitResult } from './commit.ts';
import { readFinished, type Finished } from './finished.ts';
import { sweepPaths, type SweepPaths } from './layout.ts';
import { seenOf } from './seen.ts';

let paths: SweepPaths;
beforeEach(() => {
  paths = sweepPaths('/nowhere', 'fake', mkdtempSync(join(tmpdir(), 'lomap-finished-')));
});
afterEach(() => rmSync(paths.results, { recursive: true, force: true }));

/** A class in a hundred is 1 and every prediction is 0: without some rows MCC is still 0. */
const ROWS = 200;
const predictions: readonly Prediction[] = Array.from({ length: ROWS }, (_, index) => ({
  ...{ split: 'dev', index, label: Number(index % 100 === 99), logits: [Math.fround(0.1), Math.fround(-1 / 3)] },
}));
const numbers = { matthews_correlation: 0 };

function resultOf(seed = 1): TrialResult {
  const result = fakeResult({ task: 'cola', seed, score: 0, metric: 'matthews_correlation' });
  return { ...result, trial: { ...result.trial, dev: { dev: numbers } } };
}

const folderOf = ({ trial }: TrialResult): string => join(paths.results, trialFolderName(trial.settings, trial.id));
const inFolder = (result: TrialResult, name = 'predictions.csv'): string => join(folderOf(result), name);

/** As a worker leaves it and the runner takes it. */
async function commitWith(result: TrialResult, adapter: AdapterFiles | null): Promise<string | null> {
  const staging = join(paths.work, 'result');
  await stageResult(staging, { result, predictions, adapter });
  return (await commitResult(staging, result.trial.id, { result: folderOf(result) }, paths.setAside)).aside;
}

/** As a trial ends. */
async function commit(result: TrialResult): Promise<string | null> {
  return commitWith(result, null);
}

/** As older versions wrote it: without a record of its predictions. */
const writeOld = (result: TrialResult): Promise<void> => writeResult(folderOf(result), result, predictions);

const idsOf = ({ results }: Finished): string[] => [...results.keys()];

describe.each([
  ['that records its predictions', commit],
  ['of an older version', writeOld],
])('a result %s', (_, write) => {
  test('with all of its predictions is finished', async () => {
    const result = resultOf();
    await write(result);
    expect(await readFinished(paths)).toMatchObject({ problems: [] });
    expect(idsOf(await readFinished(paths))).toEqual([result.trial.id]);
  });

  const damages: readonly (readonly [string, (text: string) => string | null, RegExp])[] = [
    ['are missing', () => null, /predictions\.csv beside it is missing/],
    ['are empty', () => '', /predictions\.csv beside it (is cut|has 0 whole rows of 200)/],
    ['end inside a row', (text) => text.slice(0, -3), /(is cut: its last row has no end|has 199 whole rows of 200)/],
    ['end after a row', (text) => `${text.split('\n').slice(0, 151).join('\n')}\n`, /has 150 (whole )?rows of/],
    ['have a row of letters', (text) => text.replace('dev,7,0,', 'dev,7,x,'), /(line 9|is not the file)/],
  ];
  test.each(damages)('whose predictions %s is not', async (_what, damage, message) => {
    const result = resultOf();
    await write(result);
    const text = damage(readFileSync(inFolder(result), 'utf8'));
    if (text === null) rmSync(inFolder(result));
    else writeFileSync(inFolder(result), text);
    const finished = await readFinished(paths, { devRows: () => Promise.resolve(ROWS) });
    expect(idsOf(finished)).toEqual([]);
    expect(finished.problems).toEqual([expect.stringMatching(message)]);
    expect(finished.problems[0]).toContain(inFolder(result, 'result.json'));
  });
});

test('one changed digit of recorded predictions is found', async () => {
  const result = resultOf();
  await commit(result);
  const text = readFileSync(inFolder(result), 'utf8');
  writeFileSync(inFolder(result), text.replace('dev,7,0,', 'dev,7,1,'));
  expect((await readFinished(paths)).problems).toEqual([
    expect.stringContaining('is not the file that it was written with'),
  ]);
});

test('an older result whose predictions give other scores is not finished', async () => {
  const result = resultOf();
  await writeOld(result);
  const text = readFileSync(inFolder(result), 'utf8');
  writeFileSync(inFolder(result), text.replace(/^dev,99,1,.*$/m, 'dev,99,1,0,1'));
  expect((await readFinished(paths)).problems).toEqual([
    expect.stringMatching(/gives matthews_correlation 0\.\d+ on dev, where the result says 0\.$/),
  ]);
});

test('a result in the folder of another trial does not count, and keeps it from neither', async () => {
  const [first, second] = [resultOf(1), resultOf(2)];
  await commit(first);
  renameSync(folderOf(first), folderOf(second));
  const { problems } = await readFinished(paths);
  expect(problems).toEqual([
    expect.stringContaining(`it is of trial ${first.trial.id.slice(0, 8)}, not of its folder's`),
  ]);
  await commit(second);
  await commit(first);
  expect(idsOf(await readFinished(paths)).sort()).toEqual([first.trial.id, second.trial.id].sort());
});

test('what stands in a result’s place stays until the new one is there, and is kept aside', async () => {
  const result = resultOf();
  expect(await commit(result)).toBeNull();
  rmSync(inFolder(result));
  const old = readFileSync(inFolder(result, 'result.json'), 'utf8');
  // A trial that cannot be written: its result does not fit the schema.
  const broken = { ...result, trial: { ...result.trial, steps: Number.NaN } };
  await expect(commit(broken)).rejects.toThrow('not written');
  expect(readFileSync(inFolder(result, 'result.json'), 'utf8')).toBe(old);
  const aside = await commit(result);
  expect(readFileSync(join(aside!, 'result.json'), 'utf8')).toBe(old);
  expect(await readFinished(paths)).toMatchObject({ problems: [] });
});

describe('adapters', () => {
  const tensors = new Map([['a', { shape: [2], data: Float32Array.of(1, 2) }]]);
  const write = async (): Promise<TrialResult> => {
    const result = resultOf();
    await commitWith(result, { config: { peft_type: 'LORA' }, tensors });
    return result;
  };
  const problems = async (adapters: boolean): Promise<readonly string[]> =>
    (await readFinished(paths, { adapters })).problems;

  test.each(['adapter_config.json', 'adapter_model.safetensors'])(
    'without its %s a trial is finished unless adapters are asked for',
    async (name) => {
      const result = await write();
      expect(await problems(true)).toEqual([]);
      rmSync(inFolder(result, join('adapter', name)));
      expect(await problems(false)).toEqual([]);
      expect(await problems(true)).toEqual([expect.stringContaining(`${name} beside it is missing`)]);
    },
  );

  test('one that is cut is missing too; a trial that never kept one lacks nothing', async () => {
    const result = await write();
    const file = inFolder(result, join('adapter', 'adapter_model.safetensors'));
    writeFileSync(file, readFileSync(file).subarray(0, -1));
    expect(await problems(true)).toEqual([expect.stringMatching(/has \d+ bytes of \d+/)]);
    rmSync(folderOf(result), { recursive: true });
    await commit(result);
    expect(await problems(true)).toEqual([]);
  });
});

test('predictions that were whole are read again when their file has changed, and not before', async () => {
  const result = resultOf();
  await commit(result);
  const written = new Date(1e12);
  utimesSync(inFolder(result), written, written);
  const seen = seenOf(paths);
  await readFinished(paths, { seen });
  expect(existsSync(join(paths.work, 'checked.json'))).toBe(false);
  seen.save();
  const file = inFolder(result);
  const text = readFileSync(file, 'utf8');
  // Of the same length and time: nobody looks inside.
  writeFileSync(file, text.replace('dev,7,0,', 'dev,7,1,'));
  utimesSync(file, written, written);
  expect((await readFinished(paths)).problems).toEqual([]);
  utimesSync(file, written, new Date(1e12 + 10));
  expect((await readFinished(paths)).problems).toHaveLength(1);
  writeFileSync(join(paths.work, 'checked.json'), 'nonsense');
  expect((await readFinished(paths)).problems).toHaveLength(1);
});
