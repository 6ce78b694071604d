/**
 * Log-likelihoods of the cloze protocol, question by question: those of lm-evaluation-harness on the same folder, a real
 * decoder of 260 thousand parameters. HARNESS_ROWS names another number of rows of each test than 20.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect } from '@jest/globals';
import { ask, encodePair, loadSplit, recordChoice, scoreRecords, task, tasks } from '@lomap/commonsense';
import { disposeFrozen, key } from '@lomap/compile';
import { encode, loadTokenizer, openCheckpoint, predictedFrom, type Checkpoint } from '@lomap/models';
import { causalLm, predict } from '@lomap/train';
import { inCi, needs, required } from '../needs/needs.ts';
import { askHarness, dataFolder, missingData, missingHarness } from './harness.ts';

const ROWS = Number(process.env['HARNESS_ROWS'] ?? 20);
const model = fileURLToPath(new URL('../../../shared/models/stories260K/', import.meta.url));
const missingModel = existsSync(join(model, 'model.safetensors')) ? null : 'no ../shared/models/stories260K';
const missing = missingData ?? missingModel;
const cacheDirectory = mkdtempSync(join(tmpdir(), 'lomap-cloze-'));
afterAll(() => {
  disposeFrozen();
  rmSync(cacheDirectory, { recursive: true, force: true });
});

/** Sums of log-probabilities of the continuations, in the order given. */
async function logLikelihoods(pairs: readonly { context: string; continuation: string }[]): Promise<number[]> {
  const checkpoint = await openCheckpoint(model, { numLabels: 0, cacheDirectory, headKey: key(0) });
  const tokenizer = loadTokenizer(model);
  const idsOf = (text: string): number[] => encode(tokenizer, text, null, Number.MAX_SAFE_INTEGER).inputIds;
  const examples = pairs.map((pair) => {
    const { ids, scored } = encodePair(pair, idsOf, checkpoint.limits.maxPositions);
    return predictedFrom(ids, ids.length - scored);
  });
  const readings = await predict({
    ...{ checkpoint, cacheDirectory, params: [], examples, objective: causalLm(checkpoint.nextToken!) },
    adaptation: { specs: [], context: (_: unknown, base: ReturnType<Checkpoint['context']>) => base },
    device: { device: 'cpu', threads: 1, optimizationLevel: 'all', prepacking: true } as const,
  });
  return readings.map(({ logLikelihood }) => logLikelihood);
}

needs(missing ?? missingHarness(), missing === null ? required('lm-eval') : inCi).test(
  'are the harness’s for the same rows and model, and so are accuracy and accuracy by characters',
  async () => {
    const theirs = askHarness(dataFolder, ROWS, model);
    const here = tasks.filter(({ harness }) => theirs.some(({ task }) => task === harness));
    expect(here).toHaveLength(7);
    for (const { name, harness } of here) {
      const questions = (await loadSplit(task(name), dataFolder, 'test')).slice(0, ROWS);
      const asked = questions.map((question) => ask('cloze', task(name), question));
      const candidates = asked.map((one) => (one.kind === 'choice' ? one.candidates : []));
      const scores = await logLikelihoods(candidates.flat());
      const own = theirs.filter(({ task }) => task === harness);
      expect(own).toHaveLength(ROWS);
      let first = 0;
      const records = candidates.map((of, i) => {
        const values = scores.slice(first, (first += of.length));
        values.forEach((value, c) => {
          const expected = own[i]!.scores![c]!;
          expect(Math.abs(value - expected)).toBeLessThan(1e-4 * Math.abs(expected) + 1e-3);
        });
        return recordChoice(questions[i]!, { kind: 'choice', candidates: of }, values, false);
      });
      const { accuracy, accuracy_norm: byCharacters } = scoreRecords(records);
      const mean = (metric: string): number => own.reduce((sum, { metrics }) => sum + metrics![metric]!, 0) / ROWS;
      expect(accuracy).toBeCloseTo(mean('acc'), 10);
      if (own[0]!.metrics!['acc_norm'] !== undefined) expect(byCharacters).toBeCloseTo(mean('acc_norm'), 10);
    }
  },
  600_000,
);
