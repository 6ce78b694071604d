import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { trialFolderName } from './identity.ts';
import { formatPredictions } from './predictions.ts';
import { readResults } from './reader.ts';
import { fakeResult } from './testing.ts';
import { withoutDamaged } from './whole.ts';
import { writeResult } from './writer.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lomap-whole-'));
});
afterEach(() => rm(directory, { recursive: true }));

const rows = [0, 1, 2].map((index) => ({ split: 'dev', index, label: 1, logits: [0.25, index] }));
const sha256 = createHash('sha256').update(formatPredictions(rows)).digest('hex');

/** A trial whose result records its predictions; the path of the file. */
async function recorded(seed: number): Promise<string> {
  const { trial, ...rest } = fakeResult({ seed });
  const folder = join(directory, trialFolderName(trial.settings, trial.id));
  await writeResult(folder, { ...rest, trial: { ...trial, predictions: { rows: rows.length, sha256 } } }, rows);
  return join(folder, 'predictions.csv');
}

test('a result whose predictions are lost, cut or others is a problem; the others stay', async () => {
  const [, lost, cut, other] = [await recorded(1), await recorded(2), await recorded(3), await recorded(4)];
  const before = await withoutDamaged(await readResults(directory));
  expect([before.results.length, before.problems]).toEqual([4, []]);
  await rm(lost!);
  await truncate(cut!, 60);
  await writeFile(other!, formatPredictions(rows.map((row) => ({ ...row, label: 0 }))));
  const { results, problems } = await withoutDamaged(await readResults(directory));
  expect(results.map(({ trial }) => trial.settings.seed)).toEqual([1]);
  expect(problems).toEqual(
    expect.arrayContaining([
      expect.stringContaining('predictions.csv beside it is missing, so the trial is left out'),
      expect.stringMatching(/predictions\.csv beside it has \d whole rows of 3/),
      expect.stringContaining('predictions.csv beside it is not the file that it was written with'),
    ]),
  );
});

test('an older result, which recorded none, stays', async () => {
  const { trial, ...rest } = fakeResult();
  await writeResult(join(directory, trialFolderName(trial.settings, trial.id)), { ...rest, trial });
  expect((await withoutDamaged(await readResults(directory))).results).toHaveLength(1);
});
