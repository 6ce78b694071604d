import { describe, expect, test } from '@jest/globals';
import type { DivergedTrial } from '@lomap/results';
import { fakeResult } from '@lomap/results/testing';
import { compare } from '../../comparison.ts';
import { fakeSweep } from '../../testing/fake-sweep.ts';
import { comparisonTable } from './table.ts';
import { csv } from '../../tables/csv.ts';
import { latex } from '../../tables/latex.ts';
import { markdown } from '../../tables/markdown.ts';
import { text } from '../../tables/text.ts';

describe('rows that were trained unequally', () => {
  const results = [1, 2, 3].flatMap((seed) => [
    fakeResult({ task: 'mrpc', seed, score: 0.7 }),
    fakeResult({ task: 'mrpc', label: 'dora', seed, score: 0.95 + 0.01 * seed, training: { epochs: 4 } }),
  ]);
  const line = 'Unequal protocols: training.epochs: 3 in LoRA; 4 in DoRA.';
  const made = (question: string[] = []) =>
    comparisonTable(compare('fake', results, { question, diverged: [] })!, 'fake');

  test('are named above the findings, once, and nothing is found of them', () => {
    const text = markdown(made());
    expect(text.indexOf(line)).toBeGreaterThan(0);
    expect(text.indexOf(line)).toBeLessThan(text.indexOf('**Findings**'));
    expect(text.split(line)).toHaveLength(2);
    expect(text).toContain('Not compared, because they were trained unequally: DoRA and LoRA. Give');
    expect(text).toContain('"question": ["training.epochs"]');
    expect(text).toContain('Nothing is compared: DoRA and LoRA were trained under unequal protocols.');
    expect(text).not.toMatch(/seed noise|25\.00|\+26/);
    const files = latex(made(), { sweep: 's', name: 'main' });
    expect(files.get('main')).toContain('Unequal protocols: training.epochs');
    expect(files.get('main-notes')).toContain('\\item Unequal protocols: training.epochs');
    expect(csv(made())).toMatch(/\nDoRA,average,.*,LoRA,,,,,,,,,,,training\.epochs,\n/);
  });

  test('stand first on a terminal', () => {
    expect(text(made()).split('\n')[0]).toBe(line);
  });

  test('are compared where the sweep asks about it', () => {
    const asked = markdown(made(['training.epochs']));
    expect(asked).toContain('The sweep asks about training.epochs: 3 in LoRA; 4 in DoRA.');
    expect(asked).toMatch(/\| DoRA +\| .*\| \+27\.00 points \|/);
  });
});

describe('constant predictions', () => {
  const results = ['lora', 'dora'].flatMap((label) =>
    [1, 2, 3].map((seed) =>
      fakeResult({ task: 'wnli', label, seed, score: 0.563, collapsed: label === 'lora' || seed === 2 }),
    ),
  );
  const said = /Constant predictions on dev .*: LoRA on WNLI, 3 of 3 seeds; DoRA on WNLI, 1 of 3 seeds\./;

  test('are named by row and task, with how many seeds', () => {
    const table = comparisonTable(compare('fake', results)!, 'fake');
    expect(table.notes.join('\n')).toMatch(said);
    expect(text(table)).toMatch(said);
    expect(csv(table)).toMatch(/^method,.*,unequal,constant_seeds\nLoRA,WNLI,.*,3\nDoRA,WNLI,.*,1\n/);
  });

  test('of older results nothing is said', () => {
    const old = results.map(({ trial: { devCollapsed: _, ...trial }, ...rest }) => ({ ...rest, trial }));
    expect(comparisonTable(compare('fake', old)!, 'fake').notes.join('\n')).not.toContain('Constant');
  });
});

test('trials that diverged are named beside the scores', () => {
  const { settings } = fakeResult({ task: 'cola', label: 'dora', seed: 4 }).trial;
  const diverged: DivergedTrial[] = [{ purpose: 'main', settings, error: 'the loss is NaN' }];
  const table = comparisonTable(compare('fake', fakeSweep(), { question: [], diverged })!, 'fake');
  expect(table.notes).toContain('Diverged, and so without a score: DoRA on CoLA, seed 4.');
});
