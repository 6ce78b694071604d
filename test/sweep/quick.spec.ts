/**
 * The default sweep from its first to its last trial, as a newcomer starts it: every trained method learns every task,
 * the curves show over which learning rates, and the terminal has both. Needs the build (`npm test` makes it first).
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { taskNamed } from '@lomap/data';
import { score } from '@lomap/tasks';
import { compare, searchCurves, type Comparison, type SearchCurve } from '@lomap/report';
import { readResults, trialFolderName, type TrialResult } from '@lomap/results';
import { lomap, type Ended } from './lomap.ts';

/** It takes a minute and a half on two free cores. */
const LIMIT = 30 * 60_000;
/** Points above the most frequent class: ten standard errors of Matthews' correlation on a thousand rows. */
const MARGIN = 30;

const out = mkdtempSync(join(tmpdir(), 'lomap-quick-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));

let ended: Ended;
let results: TrialResult[];
let comparison: Comparison;
let curves: SearchCurve[];
beforeAll(async () => {
  ended = await lomap(['sweep', '--out', out], LIMIT);
  ({ results } = await readResults(out));
  comparison = compare('quick', results)!;
  curves = searchCurves(results);
}, LIMIT + 10_000);

/** What the most frequent class scores on the rows that a trial predicted, in points. */
function majorityScore(result: TrialResult): number {
  const { settings, id } = result.trial;
  const { numLabels, ...own } = taskNamed(settings.task);
  const text = readFileSync(join(out, trialFolderName(settings, id), 'predictions.csv'), 'utf8');
  const labels = text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => Number(line.split(',')[2]));
  const constant = Array.from({ length: numLabels }, (_, answer) => {
    const logits = Array.from({ length: numLabels }, (__, label) => (label === answer ? 1 : 0));
    return score({ ...own, numLabels }, new Array<number[]>(labels.length).fill(logits), labels);
  });
  return 100 * Math.max(...constant.map(({ scores }) => scores[own.primaryMetric]!));
}

test('ends with every trial complete', () => {
  expect(ended.stderr).toContain(`Complete: ${results.length} trials in ${out}`);
  expect(ended.code).toBe(0);
});

test('every trained method learns every task', () => {
  expect(comparison.rows.map(({ label }) => label)).toEqual(['head', 'full', 'lora', 'dora', 'lomap']);
  for (const [t, { task }] of comparison.tasks.entries()) {
    const floor = majorityScore(comparison.results.find(({ trial }) => trial.settings.task === task)!);
    const head = comparison.rows[0]!.cells[t]!.score!.mean;
    for (const { label, cells } of comparison.rows.slice(1)) {
      const { mean } = cells[t]!.score!;
      expect({ task, label, above: mean > floor + MARGIN }).toEqual({ task, label, above: true });
      expect({ task, label, aboveHead: mean > head }).toEqual({ task, label, aboveHead: true });
    }
  }
});

test('has a curve over the learning rates for each method: LoRA’s falls off, LoMAP’s does not', () => {
  expect(curves.map(({ method }) => method)).toEqual(comparison.rows.map(({ label }) => label));
  const shareOfBest = (method: string): number[] => {
    const means = curves.find((curve) => curve.method === method)!.points.map(({ summary }) => summary!.mean);
    return means.map((mean) => mean / Math.max(...means));
  };
  expect(shareOfBest('lora')[0]).toBeLessThan(0.8);
  expect(shareOfBest('lora').at(-1)).toBeLessThan(0.1);
  expect(Math.min(...shareOfBest('lomap'))).toBeGreaterThan(0.5);
});

test('ends on the terminal with the table, findings, the curves, and where the chart of them is', () => {
  const { stdout } = ended;
  expect(stdout).toMatch(
    /^Score on dev .*\n\nMethod .*\n-+\nhead only .*\nfull fine-tuning .*\nLoRA .*\nDoRA .*\nLoMAP /,
  );
  expect(stdout).toMatch(/^- .*LoRA/m);
  expect(stdout).toContain('Synthetic data: it says nothing about natural language.');
  expect(stdout).toMatch(
    /^CoLA by learning rate: .*\n\nMethod .*\n-+\nhead only .*\nfull .*\nLoRA .*\nDoRA .*\nLoMAP .*[▁▂▃▄▅▆▇█]+$/m,
  );
  const chart = join(out, 'charts', 'search.png');
  expect(stdout).toContain(chart);
  expect(existsSync(chart)).toBe(true);
});
