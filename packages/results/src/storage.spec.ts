import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { formatResult } from './format.ts';
import { readResult, readResults } from './reader.ts';
import { resultSchema, type TrialResult } from './schema/result.ts';
import { fakeResult } from './testing.ts';
import { writeResult } from './writer.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lomap-results-'));
});
afterEach(() => rm(directory, { recursive: true }));

/** The same value with the keys of every object set in the opposite order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, item]) => [key, reversed(item)])
      .reverse(),
  );
}

describe('formatResult', () => {
  test('gives the same bytes whatever the order of the keys', () => {
    const result = fakeResult();
    const shuffled = reversed(result) as TrialResult;
    expect(Object.keys(shuffled)[0]).not.toBe(Object.keys(result)[0]);
    expect(formatResult(shuffled)).toBe(formatResult(result));
  });

  test('is JSON of the same value, a curve on one line', () => {
    const result = fakeResult();
    expect(JSON.parse(formatResult(result))).toEqual(result);
    expect(formatResult(result)).toContain('\n      "loss": [0.7, 0.6]');
  });
});

describe('writeResult', () => {
  test('writes predictions and result, which read back', async () => {
    const folder = join(directory, 'trial');
    const result = fakeResult();
    await writeResult(folder, result, [{ split: 'dev', index: 0, label: 1, logits: [0.25, 1] }]);
    expect((await readdir(folder)).sort()).toEqual(['predictions.csv', 'result.json']);
    expect(await readFile(join(folder, 'predictions.csv'), 'utf8')).toMatch(/^split,index,label,logit_0,logit_1\n/);
    expect(await readResult(join(folder, 'result.json'))).toEqual(result);
  });

  test('refuses a value outside the schema, naming the key, and writes nothing', async () => {
    const result = fakeResult();
    const broken = { ...result, trial: { ...result.trial, curves: { ...result.trial.curves, loss: [1, Number.NaN] } } };
    await expect(writeResult(join(directory, 'trial'), broken)).rejects.toThrow(/trial\.curves\.loss\.1: .*NaN/);
    expect(await readdir(directory)).toEqual([]);
  });

  test('leaves no partial file where the rename fails', async () => {
    const folder = join(directory, 'trial');
    await mkdir(join(folder, 'result.json'), { recursive: true });
    await expect(writeResult(folder, fakeResult())).rejects.toThrow(
      /result\.json: cannot be written: it is a folder, not a file\./,
    );
    expect(await readdir(folder)).toEqual(['result.json']);
  });

  test('says what stands in the way of the folder', async () => {
    await writeFile(join(directory, 'trial'), 'a file');
    await expect(writeResult(join(directory, 'trial'), fakeResult())).rejects.toThrow(/is a file, not a folder/);
  });
});

describe('readResults', () => {
  async function put(folder: string, text: string): Promise<void> {
    await mkdir(join(directory, folder));
    await writeFile(join(directory, folder, 'result.json'), text);
  }

  test('returns the good ones and names file and key of the others', async () => {
    const good = fakeResult();
    const json = JSON.parse(formatResult(good)) as { trial: { settings: { seed: unknown; surprise?: number } } };
    json.trial.settings.seed = 'one';
    json.trial.settings.surprise = 1;
    await put('a-good', formatResult(good));
    await put('b-wrong', JSON.stringify(json));
    await put('c-torn', formatResult(good).slice(0, 200));
    await put('d-empty', '');
    await put('e-version', JSON.stringify({ ...good, schemaVersion: 99 }));
    await put('f-twice', formatResult(good));
    await put('g-edited', formatResult({ ...good, trial: { ...good.trial, id: '0'.repeat(64) } }));
    await put('h-good', formatResult(fakeResult({ seed: 2 })));
    await mkdir(join(directory, 'i-unfinished'));
    await put('j-doubled', formatResult(good).replace('"seed": 1', '"seed": 1, "seed": 3'));
    await writeFile(join(directory, 'journal.jsonl'), '');

    const { results, problems } = await readResults(directory);
    expect(results.map((result) => result.trial.settings.seed)).toEqual([1, 2]);
    expect(problems).toEqual([
      expect.stringMatching(/b-wrong\/result\.json: trial\.settings\.seed: .*number.*; trial\.settings: .*"surprise"/),
      expect.stringMatching(/c-torn\/result\.json: not JSON/),
      expect.stringMatching(/d-empty\/result\.json: it is empty/),
      expect.stringMatching(/e-version\/result\.json: schemaVersion: expected 1, found 99/),
      expect.stringMatching(/f-twice\/result\.json: the same trial as .*a-good/),
      expect.stringMatching(/g-edited\/result\.json: trial\.id: expected .* Was the file edited\?/),
      expect.stringMatching(
        /j-doubled\/result\.json: the key trial\.settings\.seed occurs twice, both times on line \d+;/,
      ),
    ]);
  });

  test('a missing folder is an error that names it', async () => {
    await expect(readResults(join(directory, 'nowhere'))).rejects.toThrow(/nowhere: cannot be listed/);
  });
});

test('the fake result is one that the schema accepts', () => {
  expect(resultSchema.parse(fakeResult({ task: 'x', score: -1 })).trial.primary.value).toBe(-1);
});
