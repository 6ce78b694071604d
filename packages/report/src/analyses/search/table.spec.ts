import { describe, expect, test } from '@jest/globals';
import type { DivergedTrial, TrialResult } from '@lomap/results';
import { fakeResult } from '@lomap/results/testing';
import { searchCurves, searchResults } from './curves.ts';
import { fakeSweep } from '../../testing/fake-sweep.ts';
import { csv } from '../../tables/csv.ts';
import { markdown } from '../../tables/markdown.ts';
import { searchTable } from './table.ts';
import type { Table } from '../../tables/table.ts';

test('the search table marks the best rate', () => {
  const results = fakeSweep();
  const search = searchTable(searchCurves(results), searchResults(results), 'fake: search');
  expect(markdown(search).replaceAll(/ +/g, ' ')).toMatch(/\| LoMAP \| MRPC \| 1e-3 \| \d\d\.\d\d \(1\) \| best \|/);
  expect(csv(search).split('\n')[0]).toBe(
    'method,task,metric,learning_rate,seeds,mean,standard_deviation,best,tied,collapsed,diverged',
  );
});

describe('the search table', () => {
  const search = (learningRate: number, score: number, collapsed = false, seed = 1) =>
    fakeResult({ task: 'wnli', purpose: 'search', learningRate, score, collapsed, seed });
  const made = (results: TrialResult[], lost: [rate: number, seed: number][] = []) => {
    const diverged: DivergedTrial[] = lost.map(([rate, seed]) => ({
      ...{ purpose: 'search', settings: search(rate, 0, false, seed).trial.settings, error: 'the loss is NaN' },
    }));
    return searchTable(searchCurves(results, diverged), searchResults(results), 'fake: search');
  };
  const lines = ({ sections }: Table) => sections[0]!.rows.map((row) => row.slice(2).join(' | '));

  test('has a row for a rate that diverged, wholly or with a seed, and for one that collapsed', () => {
    const table = made(
      [
        ...[search(1e-4, 0.5), search(1e-4, 0.7, false, 2)],
        ...[search(1e-3, 0.9), search(1e-2, 0.684, true), search(1e-2, 0.684, true, 2)],
        ...[search(1e-1, 0.8), search(1e-1, 0.684, true, 2)],
      ],
      [
        ...([[1e-3, 2]] satisfies [number, number][]),
        ...([
          [1, 1],
          [1, 2],
        ] satisfies [number, number][]),
      ],
    );
    expect(lines(table)).toEqual([
      '1e-4 | 60.00 ± 14.14 (2) | best (edge)',
      '1e-3 | 90.00 (1); 1 of 2 diverged | ',
      '1e-2 | collapsed (2) | ',
      '1e-1 | 40.00 ± 56.57 (2); 1 of 2 collapsed | ',
      '1e+0 | diverged (2) | ',
    ]);
    expect(csv(table).split('\n')[3]).toBe('LoRA,WNLI,accuracy,0.01,2,0,0,0,0,2,0');
    const notes = table.notes.join('\n');
    expect(notes).toMatch(/Collapsed: 3 trials .* counts as score 0/);
    expect(notes).toMatch(/Diverged: 3 trials/);
    expect(notes).toMatch(/^Edge: the best of the rates tried is the smallest or the largest/m);
  });

  test('says a tie, and no edge where all tie', () => {
    const two = made([search(1e-4, 0.3), search(1e-3, 0.5), search(1e-2, 0.5)]);
    expect(lines(two).map((line) => line.split(' | ')[2])).toEqual(['', 'best, tie of 2', 'tie of 2']);
    expect(two.notes).toContain('Of rates that tie the smallest is taken.');
    const all = made([search(1e-4, 0.5), search(1e-3, 0.5)]);
    expect(lines(all).map((line) => line.split(' | ')[2])).toEqual(['best, tie of 2', 'tie of 2']);
    expect(all.notes.join('\n')).toMatch(/All rates that have a score tie, .*: LoRA on WNLI\./);
    expect(all.notes.join('\n')).not.toMatch(/edge/);
  });

  test('does not call a rate best that was taken for want of another', () => {
    const table = made([search(1e-4, 0.684, true)], [[1e-3, 1]]);
    expect(lines(table)).toEqual(['1e-4 | collapsed (1) | taken for want of another', '1e-3 | diverged (1) | ']);
    expect(table.notes.join('\n')).toMatch(/nothing speaks for the one taken: LoRA on WNLI/);
  });

  test('says that the methods did not try the same rates', () => {
    const results = [...fakeSweep(), fakeResult({ task: 'mrpc', purpose: 'search', seed: 100, learningRate: 1e-4 })];
    expect(made(results).notes.join('\n')).toContain(
      'Unequal search on MRPC: LoRA tried 1e-4, 3e-4, 1e-3, 3e-3; head only, DoRA, LoMAP tried 3e-4, 1e-3, 3e-3.',
    );
    expect(made(fakeSweep()).notes.join('\n')).not.toContain('Unequal search');
  });
});
