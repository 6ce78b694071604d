import { describe, expect, test } from '@jest/globals';
import type { TrialResult } from '@lomap/results';
import { fakeResult } from '@lomap/results/testing';
import { compare } from '../../comparison.ts';
import { fakeAblation, fakeSweep } from '../../testing/fake-sweep.ts';
import { comparisonTable } from './table.ts';
import { csv } from '../../tables/csv.ts';
import { markdown } from '../../tables/markdown.ts';
import type { Table } from '../../tables/table.ts';

const small = [
  fakeResult({ task: 'mrpc', label: 'head', seed: 1, score: 0.7 }),
  ...[0.8, 0.81, 0.83].map((score, i) => fakeResult({ task: 'mrpc', label: 'lora', seed: i + 1, score })),
  ...[0.82, 0.81, 0.86].map((score, i) =>
    fakeResult({ task: 'mrpc', label: 'lomap', seed: i + 1, score, parameters: { adapter: 331920, head: 2, base: 9 } }),
  ),
];
const table = comparisonTable(compare('fake', small)!, 'fake: scores');

describe('the main table', () => {
  test('in Markdown: scores, parameters, paired differences, the endpoint', () => {
    const text = markdown(table).replaceAll(/ +/g, ' ');
    expect(text).toContain('| Method | MRPC | Trainable, no head | Trainable, head too |');
    expect(text).toContain('| head only | 70.00 (1) | 0 | 50 |');
    expect(text).toContain('| LoRA | 81.33 ± 1.53 (3) | 1,000 | 1,050 |');
    expect(text).toContain('| LoMAP | 83.00 ± 2.65 (3) | 331,920 | 331,922 |');
    // scipy.stats.t.interval(.95, 2, mean, sem) of the differences 2, 0, 3
    expect(text).toContain('| LoMAP | +1.67 [−2.13, +5.46] (3) |');
    // BCa: the exact quantiles of the 27 resamples; within ±0.3: the larger of scipy's two one-sided ttest_1samp, .8693
    expect(text).toContain('| LoMAP | +1.67 | [−2.13, +5.46] | [+0.00, +2.67] | 3 | 0.500 | 1.000 | 0.869 |');
    // what a reader sees first: the verdict, the difference and its interval, a row a method
    expect(text).toContain('**Verdicts: each row against LoRA, paired by seed**');
    expect(text).toContain('| LoMAP | not distinguishable | +1.67 points | [−2.13, +5.46] | 3 | 1.000 |');
    expect(text).toContain('| head only | one seed | −10.00 points | – | 1 | – |');
    expect(text).toContain('n seeds cannot give less than 2 / 2^n (1.000 for 1, 0.250 for 3)');
    expect(text).toContain('| head only | −10.00 | – | – | 1 | 1.000 | 1.000 | – |');
  });

  test('in csv: the same numbers in full, a record a row and task', () => {
    const [header, ...lines] = csv(table)
      .trim()
      .split('\n')
      .map((line) => line.split(','));
    const records = lines.map((line) => Object.fromEntries(line.map((value, i) => [header![i]!, value])));
    expect(records.find(({ method, task }) => method === 'LoMAP' && task === 'MRPC')).toMatchObject({
      trainable_without_head: '331920',
      seeds: '3',
      mean: '83',
      standard_deviation: '2.645751',
      baseline: 'LoRA',
      difference: '1.666667',
      difference_low: '-2.127916',
      p_sign_flip: '',
      bca_low: '',
    });
    expect(records.find(({ method, task }) => method === 'LoMAP' && task === 'average')).toMatchObject({
      p_sign_flip: '0.5',
      p_holm: '1',
      bca_low: '0',
      bca_high: '2.666667',
      p_equivalent: '0.869324',
      p_equivalent_holm: '0.869324',
    });
    expect(records.find(({ method }) => method === 'head only')).toMatchObject({ standard_deviation: '', pairs: '1' });
  });

  test('the average, the primary endpoint, stands beside the method', () => {
    const { columns, rows } = comparisonTable(compare('fake', fakeSweep())!, '').sections[0]!;
    expect(columns.map(({ title }) => title).slice(0, 3)).toEqual(['Method', 'Average', 'CoLA']);
    expect(rows[0]![1]).toMatch(/^\d\d\.\d\d ± /);
  });
});

test('special characters of a label cannot break a table', () => {
  const nasty: Table = {
    title: 'fake',
    sections: [
      {
        caption: 'fake_caption & more',
        columns: [{ title: 'a|b', align: 'left' }],
        rows: [['[x] 5 % of $β₀$, "q"\n|']],
      },
    ],
    records: { columns: ['a'], rows: [['x, "q"'], [null]] },
    notes: [],
  };
  expect(markdown(nasty)).toContain('| [x] 5 % of $β₀$, "q" \\| |');
  expect(csv(nasty)).toBe('a\n"x, ""q"""\n\n');
});

describe('notes', () => {
  const notes = (results: Parameters<typeof compare>[1]) =>
    comparisonTable(compare('fake', results)!, '').notes.join('\n');

  test('say what the numbers are', () => {
    const text = table.notes.join('\n');
    expect(text).toMatch(/^Few seeds \(n = 1\): for looking/);
    expect(text).toMatch(/BCa bootstrap interval over the seeds: .* too narrow with few seeds/);
    expect(text).toContain('two one-sided t tests that the mean difference lies within ±0.3 points');
    expect(text).toContain('primary metric on dev × 100: MRPC accuracy.');
    expect(text).toContain('Not in this table: full fine-tuning.');
    expect(text).toContain('Model: fake-encoder (sha256 fa4efa4efa4e).');
    expect(text).not.toMatch(/Mixed|MiniLM|uncommitted/);
  });

  test('five seeds are not few', () => {
    const results = [1, 2, 3, 4, 5].map((seed) => fakeResult({ seed }));
    expect(notes(results)).not.toContain('Few seeds');
    expect(notes(results)).toContain('No differences');
    expect(notes(results.slice(1))).toContain('Few seeds (n = 4)');
  });

  test('how many seeds tell ±0.3 points is of the table’s own deviations', () => {
    const differences = { lora: [0, 0, 0], dora: [0.003, 0, -0.003], lomap: [0.007, 0.001, -0.005] };
    const of = (seeds: number) =>
      Object.entries(differences).flatMap(([label, values]) =>
        values.slice(0, seeds).map((value, i) => fakeResult({ label, seed: i + 1, score: 0.8 + 0.01 * i + value })),
      );
    // Deviations .3 and .6. scipy: the smallest n with stats.t.ppf(.975, n - 1) · deviation / √n at most .3
    expect(notes(of(3))).toContain(
      'Few seeds (n = 3): for looking, not for concluding. With the deviations of this table’s paired differences, a 95 % t ' +
        'interval of ±0.3 points takes 7 to 18 seeds; a deviation of so few seeds is itself uncertain.',
    );
    expect(notes(of(3).filter(({ trial }) => trial.settings.method.label !== 'dora'))).toContain('takes 18 seeds;');
    expect(notes(of(1))).toContain('Few seeds (n = 1): for looking, not for concluding.\n');
    // Far out of any metric's range: more seeds than anybody trains
    const wild = [0, 1].map((seed) => fakeResult({ label: 'dora', seed: seed + 1, score: 4 * seed - 2 }));
    expect(notes([...of(2).filter(({ trial }) => trial.settings.method.label === 'lora'), ...wild])).toContain(
      'takes more than 1,000,000 seeds;',
    );
  });

  test('say how p is had of more seeds than can be counted', () => {
    const of = (seeds: number) =>
      ['lora', 'dora'].flatMap((label) =>
        Array.from({ length: seeds }, (_, i) => fakeResult({ label, seed: i + 1, score: 0.8 + 0.001 * (i % 7) })),
      );
    expect(notes(of(40))).toContain('p: exact two-sided sign-flip permutation test over the seeds; n seeds');
    expect(notes(of(41))).toContain('of more than 40 seeds 999,999 sign patterns are drawn, with a fixed seed');
  });

  test('name MiniLM’s training data', () => {
    const model = { name: 'fake-MiniLM-L6', type: 'bert', sha256: 'a'.repeat(64) };
    expect(notes([fakeResult({ model })])).toMatch(
      /Model: fake-MiniLM-L6.*\n.*RTE, MRPC, QNLI, QQP and MNLI are not fresh/,
    );
  });

  test('tell mixed provenance', () => {
    const text = notes([
      fakeResult({ seed: 1 }),
      fakeResult({
        seed: 2,
        provenance: {
          commit: 'b'.repeat(40),
          dirty: true,
          device: { name: 'fake-gpu', version: '1' },
          modelSha256: 'c'.repeat(64),
        },
      }),
      fakeResult({ seed: 3, metric: 'f1', provenance: { dirty: null } }),
    ]);
    expect(text).toContain('Mixed commits: bbbbbbbbbb (1 trial), fa4efa4efa (2 trials).');
    expect(text).toContain('Mixed devices: cpu (cpu 0) (2 trials), cpu (fake-gpu 1) (1 trial).');
    expect(text).toContain('Mixed model files:');
    expect(text).toContain('2 of 3 trials ran from a working tree with uncommitted or unknown changes.');
    expect(text).toContain('disagree about the primary metric');
  });

  test('repeat what trials noted, and mark frozen cells', () => {
    const noted = (label: string, task: string, seed: number, note: string) =>
      fakeResult({ task, label, seed, trial: { notes: note === '' ? [] : [note] } });
    const results = [1, 2].map((seed) => noted('lora', 'cola', seed, 'Constant prediction.'));
    expect(notes(results)).toContain('Constant prediction (every trial).');
    const others = [1, 2].flatMap((seed) => [
      ...[noted('dora', 'cola', seed, seed === 2 ? 'Constant prediction.' : ''), noted('dora', 'rte', seed, '')],
      ...[noted('full', 'cola', seed, ''), noted('full', 'rte', seed, 'Constant prediction.')],
    ]);
    expect(notes([...results, ...others])).toContain(
      'Constant prediction (full fine-tuning on RTE; LoRA; DoRA on CoLA, seed 2).',
    );
    const ablation = comparisonTable(compare('fake', fakeAblation())!, '');
    expect(ablation.sections[0]!.rows.map(([title]) => title)).toContain('paper †');
    expect(ablation.notes.join('\n')).toContain('† effectively frozen');
  });

  test('name the cells without a result', () => {
    const results = fakeSweep().filter(
      ({ trial }) => !(trial.settings.task === 'rte' && trial.settings.method.label === 'dora'),
    );
    expect(notes(results)).toContain('No result: DoRA on RTE.');
  });
});

describe('adapted matrices', () => {
  const cells = (results: readonly TrialResult[]): Record<string, string>[] => {
    const { caption, columns, rows } = comparisonTable(compare('fake', results)!, '').sections.at(-1)!;
    expect(caption).toMatch(/^Adapted matrices/);
    return rows.map((row) => Object.fromEntries(columns.map(({ title }, i) => [title, row[i]!])));
  };

  test('how far W moved is said of every method, α and β of those that have them', () => {
    const [lora, ...others] = cells(fakeAblation());
    expect(lora).toMatchObject({ Method: 'LoRA', '‖W* − W‖ / ‖W‖': '0.0250', β: '–', 'largest |α / ‖W‖ − 1|': '–' });
    expect(others.length).toBeGreaterThan(0);
    for (const row of others) expect(row).toMatchObject({ '‖W* − W‖ / ‖W‖': '0.0500', β: '1.0000' });
  });

  test('no column of α and β without a method that has them, and no section without an adapted matrix', () => {
    const [lora] = cells(fakeAblation().filter(({ trial }) => trial.settings.method.label === 'lora'));
    expect(Object.keys(lora!)).toEqual(['Method', '‖W* − W‖ / ‖W‖', '‖Δ‖']);
    const captions = comparisonTable(compare('fake', [fakeResult({ trial: { matrices: [] } })])!, '').sections;
    expect(captions.filter(({ caption }) => caption.startsWith('Adapted'))).toEqual([]);
  });
});
