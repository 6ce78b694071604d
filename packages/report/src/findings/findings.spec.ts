import { describe, expect, test } from '@jest/globals';
import { fakeResult, type FakeResult } from '@lomap/results/testing';
import { compare } from '../comparison.ts';
import { fakeAblation, fakeSweep } from '../testing/fake-sweep.ts';
import { findingsOf, findingsText, verdictsGrid } from './findings.ts';
import { VERDICTS } from './words.ts';

/** LoRA at 80 points in every seed, and a method above it by these differences. */
function pairs(label: string, differences: readonly number[], more: FakeResult = {}) {
  return differences.flatMap((difference, seed) => [
    fakeResult({ label: 'lora', seed, score: 0.8, ...more }),
    fakeResult({ label, seed, score: 0.8 + difference / 100, ...more }),
  ]);
}

const unsearched = 'No learning rate was searched: all rows trained at 1e-3, which may suit one better than another.';

function find(results: Parameters<typeof compare>[1]) {
  return findingsOf(compare('fake', results)!);
}

describe('findings', () => {
  test('three seeds of one sign: the interval alone, and why the test cannot confirm it', () => {
    const { headline, cautions, rows, remarks } = find(pairs('lomap', [1, 1.2, 1.1]));
    expect(headline).toBe(
      'No difference from LoRA is shown to exceed seed noise (on fake-task); ' +
        'the interval excludes 0 but no test confirms it: LoMAP.',
    );
    expect(cautions).toEqual([
      'Few seeds: n = 3 cannot show any difference of this table at the .05 level: the smallest sign-flip p is ' +
        '0.250. It takes at least 6 seeds.',
      unsearched,
    ]);
    // scipy.stats.t.interval(.95, 2, 1.1, scipy.stats.sem([1, 1.2, 1.1])), and ttest_1samp below .3: p .9974
    expect(rows[0]).toMatchObject({
      short: 'interval only, too few seeds to test',
      ...{ difference: '+1.10 points', interval: '[+0.85, +1.35]', seeds: 3, p: '0.250' },
    });
    expect(remarks).toHaveLength(1);
    expect(remarks[0]).toMatch(/^Interval only, too few seeds to test: .* cannot reach \.05 with so few seeds/);
  });

  test('eight seeds of one sign exceed seed noise', () => {
    const { headline, cautions, remarks } = find(pairs('lomap', [1, 1.2, 1.1, 0.9, 1, 1.3, 1.1, 0.8]));
    expect(headline).toBe('LoMAP differs from LoRA by more than seed noise (on fake-task).');
    expect(cautions).toEqual([unsearched]);
    expect(remarks).toEqual([
      'Exceeds seed noise: the t interval excludes 0, and the sign-flip test keeps .05 after Holm.',
    ]);
  });

  test('noise is not called equality', () => {
    const { headline, remarks } = find(pairs('dora', [0.8, -1, 0.4, -0.2, 0.6, -0.8, 0.2, 0]));
    expect(headline).toBe(
      'No difference from LoRA is shown to exceed seed noise (on fake-task); not distinguishable from it: DoRA.',
    );
    expect(remarks).toEqual([
      'Not distinguishable: the interval contains 0. That does not show that the methods are equal.',
    ]);
  });

  test('equality is two one-sided tests within the margin', () => {
    const { headline, remarks } = find(pairs('dora', [0.4, -0.5, 0.2, -0.1, 0.3, -0.4, 0.1, 0]));
    expect(headline).toBe(
      'No difference from LoRA is shown to exceed seed noise (on fake-task); equal to it within ±0.3 points: DoRA.',
    );
    expect(remarks).toEqual(['Equal within ±0.3 points: two one-sided t tests keep .05 after Holm.']);
  });

  test('a difference beyond seed noise that lies within the margin is both', () => {
    const { rows, remarks } = find(pairs('dora', [0.1, 0.12, 0.11, 0.09, 0.1, 0.13, 0.11, 0.08]));
    expect(rows[0]!.short).toBe('exceeds seed noise');
    expect(remarks[1]).toBe('Two one-sided tests place the difference within ±0.3 points all the same for DoRA.');
  });

  test('a BCa interval that disagrees with the t interval is said', () => {
    const { rows, remarks } = find(pairs('dora', [0.1, 0.1, 0.2, 0.3, 2.9]));
    expect(rows[0]!.interval).toMatch(/^\[−0\.\d\d, /);
    expect(remarks[1]).toBe(
      'The BCa interval, unlike the t interval, excludes 0 for DoRA; with so few seeds it is too narrow.',
    );
    // a mean of resamples that is 0 but for rounding contains 0
    expect(find(pairs('dora', [2, 0, 3])).remarks.join()).not.toContain('BCa');
  });

  test('one seed, no shared seed, identical scores and no baseline', () => {
    expect(find(pairs('dora', [3])).remarks[0]).toMatch(/^One seed: it shows no seed noise/);
    expect(find(pairs('dora', [3])).rows[0]).toMatchObject({
      difference: '+3.00 points',
      interval: '',
      seeds: 1,
      p: '',
    });
    const apart = [fakeResult({ label: 'lora', seed: 1 }), fakeResult({ label: 'dora', seed: 2 })];
    expect(find(apart)).toMatchObject({
      rows: [{ verdict: 'unpaired', difference: '', seeds: 0 }],
      remarks: ['Not comparable: no seed has both methods.'],
    });
    expect(find(pairs('dora', [0, 0])).rows[0]!.short).toBe('identical scores');
    expect(find([fakeResult({ label: 'dora' })]).headline).toMatch(/^Nothing is compared/);
  });

  test('Holm is over the rows of the table, and what few seeds cannot show is said', () => {
    const { cautions, rows, remarks, byTask } = find(fakeSweep());
    expect(rows.map(({ title }) => title)).toEqual(['head only', 'DoRA', 'LoMAP']);
    expect(cautions[0]).toContain(
      'the smallest sign-flip p is 0.250, and 0.750 after Holm over 3 rows. It takes at least 7',
    );
    expect(rows[2]!.p).toBe('0.750');
    expect(remarks.join()).not.toMatch(/\bequal to\b|no difference/);
    expect(byTask).toHaveLength(1);
    expect(byTask[0]).toMatch(
      /^By task \(secondary, not adjusted\): .*head only on CoLA\b.* Of 12 t intervals about 0\.6 would by chance alone\.$/,
    );
  });

  test('an ablation’s cells are told apart, with two seeds', () => {
    const { rows, byTask, remarks } = find(fakeAblation());
    expect(rows).toHaveLength(5);
    expect(byTask).toEqual([]); // one task: the endpoint says it
    expect(rows[0]!.seeds).toBe(2);
    expect(remarks.length).toBeLessThan(rows.length); // what a verdict means is said once, not once a row
  });

  test('synthetic data is said, in the headline and as a caution', () => {
    const results = pairs('lomap', [1, 2]).map((result) => {
      const settings = { ...result.trial.settings, data: { ...result.trial.settings.data, name: 'synthetic/cola' } };
      return { ...result, trial: { ...result.trial, settings } };
    });
    const { headline, cautions } = find(results);
    expect(headline).toContain('on synthetic data');
    expect(cautions[0]).toBe('Synthetic data: it says nothing about natural language.');
  });

  test('one learning rate that nobody searched is said, where more than one method trained at it', () => {
    const results = pairs('lomap', [1, 2], { learningRate: 3e-3 });
    const caution = 'No learning rate was searched: all rows trained at 3e-3, which may suit one better than another.';
    expect(find(results).cautions).toContain(caution);
    expect(find([...results, fakeResult({ label: 'head', learningRate: 1e-4 })]).cautions).toContain(
      caution.replace('all rows', 'all rows but head only'),
    );
    const search = fakeResult({ label: 'lora', purpose: 'search', seed: 101, learningRate: 3e-3 });
    expect(find([...results, search]).cautions).not.toContain(caution);
    const other = pairs('dora', [1, 2], { learningRate: 1e-3 }).filter(
      ({ trial }) => trial.settings.method.label === 'dora',
    );
    expect(find([...results, ...other]).cautions).not.toContain(caution);
  });

  test('as text and as a grid, and every verdict has words', () => {
    const found = find(fakeSweep());
    expect(findingsText(found)).toEqual([found.headline, ...found.cautions, ...found.remarks, ...found.byTask]);
    const { columns, rows } = verdictsGrid(found.rows)!;
    expect(columns.map(({ title }) => title)).toEqual([
      ...['Method', 'Verdict', 'Difference', '95 % t interval', 'Seeds', 'p (Holm)'],
    ]);
    expect(rows.map(([method]) => method)).toEqual(['head only', 'DoRA', 'LoMAP']);
    expect(new Set(Object.values(VERDICTS)).size).toBe(Object.keys(VERDICTS).length);
  });

  test('rows with fewer seeds than others, too few to show anything, are named', () => {
    const { remarks } = find([...pairs('lomap', [1, 1.2, 1.1, 0.9, 1, 1.3, 1.1, 0.8]), ...pairs('dora', [1, -1, 0.5])]);
    expect(remarks).toContain(
      'With 3 seeds p is never below 0.250, and 0.500 after Holm over 2 rows where no other has a smaller one: DoRA.',
    );
    // A row that is shown to differ is not said to be unable to, whatever its seeds.
    const six = [1, 1.2, 1.1, 0.9, 1, 1.3];
    const eight = pairs('lomap', [...six, 1.1, 0.8]);
    const shown = find([...eight, ...pairs('dora', six), ...pairs('full', [...six, 1, 1.2])]);
    expect(shown.rows.find(({ title }) => title === 'DoRA')).toMatchObject({ verdict: 'exceeds', seeds: 6 });
    expect(shown.remarks.join()).not.toContain('With 6 seeds');
  });
});
