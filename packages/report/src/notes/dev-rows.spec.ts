import { describe, expect, test } from '@jest/globals';
import type { TrialResult } from '@lomap/results';
import { fakeResult, type FakeResult } from '@lomap/results/testing';
import { devRowsText } from './dev-rows.ts';

function partly(fake: FakeResult, maxDevSamples: number, devExamples: Record<string, number>): TrialResult {
  const result = fakeResult(fake);
  const settings = { ...result.trial.settings, maxDevSamples };
  return { ...result, trial: { ...result.trial, settings, devExamples } };
}

describe('devRowsText', () => {
  test('says nothing where all rows were scored, nor of search trials', () => {
    expect(devRowsText([fakeResult(), fakeResult({ purpose: 'search' })])).toBeNull();
  });

  test('says how many rows of each task', () => {
    const results = [
      partly({ task: 'rte' }, 200, { dev: 200 }),
      partly({ task: 'rte', seed: 2 }, 200, { dev: 200 }),
      partly({ task: 'mnli' }, 300, { dev_matched: 300, dev_mismatched: 290 }),
    ];
    expect(devRowsText(results)).toBe(
      'Scores on a part of dev, for looking, not for concluding: MNLI 300 rows of dev_matched and 290 rows of dev_mismatched; RTE 200 rows.',
    );
  });

  test('warns of trials that were scored on different rows', () => {
    const text = devRowsText([partly({ task: 'rte' }, 200, { dev: 200 }), fakeResult({ task: 'rte', label: 'dora' })]);
    expect(text).toContain('RTE 200 rows or all rows. The trials of RTE were not scored on the same rows');
  });
});
