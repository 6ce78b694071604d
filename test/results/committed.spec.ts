/** Every committed result, packed or in folders: it reads, its id is that of its settings, its predictions give its scores. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, jest, test } from '@jest/globals';
import { taskNamed } from '@lomap/data';
import { score } from '@lomap/tasks';
import { readPredictions, readResults, trialId, type Prediction, type TrialResult } from '@lomap/results';

jest.setTimeout(300_000);

const results = fileURLToPath(new URL('../../results', import.meta.url));
const sweeps = readdirSync(results, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !['quick', 'quoted'].includes(entry.name))
  .map(({ name }) => name);

/** What the predictions of a trial score on each dev split. */
function scoresOf({ trial }: TrialResult, predictions: readonly Prediction[]): Record<string, Record<string, number>> {
  const splits = [...new Set(predictions.map(({ split }) => split))];
  return Object.fromEntries(
    splits.map((split) => {
      const own = predictions.filter((prediction) => prediction.split === split);
      const [logits, labels] = [own.map(({ logits }) => logits.map(Math.fround)), own.map(({ label }) => label)];
      return [split, score(taskNamed(trial.settings.task), logits, labels).scores];
    }),
  );
}

/** Of the trials that scored dev, every so many are scored again from their predictions. */
const EVERY = 10;

test.each(sweeps)('%s', async (sweep) => {
  const { results: found, problems } = await readResults(join(results, sweep));
  expect(problems).toEqual([]);
  expect(found.length).toBeGreaterThan(0);
  expect(found.filter(({ trial }) => trial.id !== trialId(trial.settings))).toEqual([]);
  expect(new Set(found.map(({ trial }) => trial.id)).size).toBe(found.length);

  const scored = found.filter(({ trial }) => Object.keys(trial.dev).length > 0);
  const some = scored.filter((_, i) => i % EVERY === 0);
  const predictions = await readPredictions(join(results, sweep), [
    ...some,
    ...found.filter((r) => !scored.includes(r)),
  ]);
  expect([...predictions.keys()]).toEqual(some.map(({ trial }) => trial.id));
  for (const result of some) expect(scoresOf(result, predictions.get(result.trial.id)!)).toEqual(result.trial.dev);
});
