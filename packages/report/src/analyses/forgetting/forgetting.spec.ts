import { describe, expect, test } from '@jest/globals';
import type { TrialResult } from '@lomap/results';
import { fakeResult } from '@lomap/results/testing';
import { epochPoints } from '../../html/curves.ts';
import { epochTable } from '../../html/trial-tables.ts';
import { sweepReport } from '../../sweep-report.ts';
import { csv } from '../../tables/csv.ts';
import { markdown } from '../../tables/markdown.ts';
import { fakeForgetting, fakeForgettingSweep, type FakeEpoch } from '../../testing/fake-forgetting.ts';
import { attainedDifferences, compareForgetting, type ForgettingComparison } from './compare.ts';
import { kindsOf } from './kinds.ts';
import { forgettingFindings } from './words.ts';

const RATES = [1e-4, 3e-4, 1e-3];
const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];

/** Three rates with three epochs each: nine points, `of` at the shares 0, 1/8, ..., 1. */
function trials(label: string, seeds: readonly number[], of: (share: number, seed: number) => FakeEpoch, task = 'rte') {
  return seeds.flatMap((seed) =>
    RATES.map((learningRate, l) =>
      fakeForgetting(
        { label, seed, learningRate, task },
        [0, 1, 2].map((e) => of((3 * l + e) / 8, seed)),
      ),
    ),
  );
}

/** Learns from 60 to 80 points while the norm goes from 1 to 16 and the loss rises by `cost`, by seed a little more. */
function lora(share: number, seed: number): FakeEpoch {
  return { score: 0.6 + 0.2 * share, norm: 16 ** share, loss: 2 + share * (1 + 0.01 * seed) };
}

/** Needs half of LoRA's way in norm and forgetting for the same score; forgets the same at the same norm. */
function thrifty(share: number, seed: number): FakeEpoch {
  return { ...lora(share / 2, seed), score: 0.6 + 0.2 * share };
}

function endpoint(comparison: ForgettingComparison, matched: 'score' | 'norm', kind = 0) {
  return comparison.endpoints.filter((each) => each.matched === matched)[kind]!;
}

function compareOf(results: readonly TrialResult[]): ForgettingComparison {
  return compareForgetting('fake', results)!;
}

describe('rows that were trained unequally', () => {
  const longer = (result: TrialResult): TrialResult => {
    const settings = { ...result.trial.settings, training: { ...result.trial.settings.training, epochs: 9 } };
    return { ...result, trial: { ...result.trial, settings } };
  };
  const results = [...trials('lora', SEEDS, lora), ...trials('lomap', SEEDS, thrifty).map(longer)];

  test('are named, and nothing is compared', () => {
    const comparison = compareOf(results);
    expect(comparison.protocols[0]).toBe('Unequal protocols: training.epochs: 3 in LoRA; 9 in LoMAP.');
    expect(endpoint(comparison, 'score').rows.map(({ baseline, p }) => [baseline, p])).toEqual([
      [null, null],
      [null, null],
    ]);
    expect(endpoint(comparison, 'norm').rows).toEqual([]);
    const { headline, cautions, rows } = forgettingFindings(comparison);
    expect(headline).toContain('nothing is compared, for the rows were trained under unequal protocols');
    expect(cautions).toEqual(expect.arrayContaining([...comparison.protocols]));
    expect(rows).toEqual([]);
    const { tables } = sweepReport('fake', results);
    for (const name of ['forgetting', 'forgetting-rates'])
      expect(markdown(tables.get(name)!)).toMatch(/^# .*\n\n\*\*What differs besides the methods\*\*\n\n- Unequal/);
  });

  test('are compared where the sweep asks about it', () => {
    const asked = compareForgetting('fake', results, { question: ['training.epochs'], diverged: [] })!;
    expect(endpoint(asked, 'score').rows[1]).toMatchObject({ baseline: 'LoRA', p: 2 / 256 });
  });
});

describe('a method that forgets half as much at matched score and the same at matched norm', () => {
  const comparison = compareOf([...trials('lora', SEEDS, lora), ...trials('lomap', SEEDS, thrifty)]);

  test('is told apart by what is matched', () => {
    const [baseline, lomap] = endpoint(comparison, 'score').rows;
    expect(baseline).toMatchObject({ title: 'LoRA', baseline: null, p: null });
    // target 78: a share of .9 for both
    expect(baseline!.average.own!.mean).toBeCloseTo(0.9 * 1.045, 9);
    expect(lomap!.average.own!.mean).toBeCloseTo(0.45 * 1.045, 9);
    expect(lomap!.average.difference!.mean).toBeCloseTo(-0.45 * 1.045, 9);
    expect(lomap!.average.difference!.n).toBe(8);
    expect(lomap).toMatchObject({ p: 2 / 256, pHolm: 2 / 256, fewPoints: false });

    const [atNorm] = endpoint(comparison, 'norm').rows;
    expect(atNorm!.average.own!.mean).toBeCloseTo(atNorm!.average.reference!.mean, 9);
    expect(atNorm!.average.difference!.mean).toBeCloseTo(0, 9);
  });

  test('and in words, by the rule for scores', () => {
    const { headline, rows, cautions, remarks } = forgettingFindings(comparison);
    expect(headline).toBe(
      'Forgetting. Pretraining text, at matched score: LoMAP forgets less than LoRA by more than seed noise. ' +
        'Pretraining text, at matched ‖ΔW‖: not shown to differ from LoRA by more than seed noise: LoMAP.',
    );
    expect(cautions).toEqual([]);
    expect(rows[0]).toMatchObject({
      title: 'LoMAP, pretraining text at matched score',
      ...{ baseline: 'LoRA', verdict: 'exceeds', short: 'exceeds seed noise' },
      ...{
        difference: '−0.470 nats',
        interval: expect.stringMatching(/^\[−0\.\d{3}, −0\.\d{3}\]$/),
        seeds: 8,
        p: '0.008',
      },
    });
    expect(remarks).toEqual([
      'Exceeds seed noise: the t interval excludes 0, and the sign-flip test keeps .05 after Holm.',
      'Identical: every seed has the same value with both methods, so in these trials the change had no effect on it.',
    ]);
  });

  test('trained points alone give the difference without interpolation', () => {
    const score = endpoint(comparison, 'score');
    if (score.matched !== 'score') throw new Error('unreachable');
    expect(attainedDifferences(score).get('LoMAP')).toBeCloseTo(-0.5 * 1.045, 9); // both at their last point
  });
});

test('more forgetting is told as more', () => {
  const worse = (share: number, seed: number) => ({ ...lora(share, seed), loss: 2 + 2 * share });
  const { headline } = forgettingFindings(compareOf([...trials('lora', SEEDS, lora), ...trials('dora', SEEDS, worse)]));
  expect(headline).toContain('at matched score: DoRA forgets more than LoRA by more than seed noise.');
  expect(headline).toContain('at matched ‖ΔW‖: DoRA forgets more than LoRA by more than seed noise.');
});

test('three seeds show nothing, and it is said', () => {
  const { headline, cautions, rows } = forgettingFindings(
    compareOf([...trials('lora', [1, 2, 3], lora), ...trials('lomap', [1, 2, 3], thrifty)]),
  );
  expect(headline).not.toMatch(/forgets? (less|more)/);
  expect(cautions[0]).toMatch(/^Few seeds: n = 3 cannot show any difference in forgetting at matched score/);
  expect(rows[0]!.verdict).toBe('interval-unreachable');
});

test('a method that never reaches the score is left out and named; the norm still compares it', () => {
  const weak = (share: number, seed: number) => ({ ...lora(share, seed), score: 0.6 + 0.01 * share });
  const results = [...trials('lora', SEEDS, lora), ...trials('dora', SEEDS, lora), ...trials('lomap', SEEDS, weak)];
  const comparison = compareOf(results);
  const lomap = endpoint(comparison, 'score').rows[2]!;
  expect(lomap).toMatchObject({ title: 'LoMAP', p: null, average: { own: null, difference: null } });
  expect(endpoint(comparison, 'norm').rows[1]).toMatchObject({
    title: 'LoMAP',
    p: 1,
    average: { difference: { n: 8 } },
  });
  const { headline, rows } = forgettingFindings(comparison);
  expect(headline).toContain('not shown to differ from LoRA by more than seed noise: DoRA; not comparable: LoMAP.');
  expect(rows.find(({ title }) => title.startsWith('DoRA'))).toMatchObject({
    verdict: 'identical',
    short: 'identical forgetting',
  });
  const text = markdown(sweepReport('fake', results).tables.get('forgetting')!);
  expect(text).toContain('Not compared on RTE (pretraining text), for not reaching 78.00: LoMAP (0 of 8 seeds).');
  expect(text).toMatch(/\| LoMAP +\| +61\.00, 0 of 8 \|/);
});

test('norms that do not overlap are not compared', () => {
  const far = (share: number, seed: number) => ({ ...lora(share, seed), norm: 100 * 2 ** share });
  const results = [...trials('lora', SEEDS, lora), ...trials('lomap', SEEDS, far)];
  expect(endpoint(compareOf(results), 'norm').rows[0]!.average.difference).toBeNull();
  expect(sweepReport('fake', results).tables.get('forgetting')!.notes).toContain(
    'No norm that both LoMAP and LoRA cover on RTE (pretraining text).',
  );
});

test('a single learning rate is a frontier over steps, marked as few points; a single point is none', () => {
  const one = (label: string, cost: number, epochs: readonly number[]) =>
    SEEDS.map((seed) =>
      fakeForgetting(
        { label, seed, task: 'rte' },
        epochs.map((share) => ({ score: 0.6 + 0.2 * share, norm: 2 ** share, loss: 2 + cost * share + 0.001 * seed })),
      ),
    );
  const results = [...one('lora', 1, [0, 0.5, 1]), ...one('lomap', 0.5, [0, 0.5, 1])];
  const lomap = endpoint(compareOf(results), 'score').rows[1]!;
  expect(lomap.average.difference!.mean).toBeCloseTo(-0.45, 9);
  expect(lomap.fewPoints).toBe(true);
  const { tables, findings } = sweepReport('fake', results);
  expect([...tables.keys()]).toEqual(['main', 'forgetting', 'forgetting-rates']); // one rate: main can be read as ever
  expect(markdown(tables.get('forgetting')!)).toMatch(/\| LoMAP † .*\n/);
  expect(findings!.headline).not.toContain('Forgetting');

  const points = compareOf([...one('lora', 1, [1]), ...one('lomap', 0.5, [1])]);
  expect(endpoint(points, 'score').rows[1]!.average.difference).toBeNull();
  expect(endpoint(points, 'norm').rows[0]!.average.difference).toBeNull();
});

test('the endpoint is the mean over the tasks, for seeds that have them all', () => {
  const results = [
    ...trials('lora', SEEDS, lora),
    ...trials('lora', SEEDS, lora, 'cola'),
    ...trials('lomap', SEEDS, thrifty),
    ...trials('lomap', [2, 3, 4], lora, 'cola'),
  ];
  const lomap = endpoint(compareOf(results), 'score').rows[1]!;
  expect(lomap.cells.map(({ difference }) => difference!.n)).toEqual([3, 8]); // CoLA, RTE
  expect(lomap.average.difference).toMatchObject({ n: 3 });
  expect(lomap.average.difference!.mean).toBeCloseTo((0 - 0.45 * 1.03) / 2, 9);
});

test('trials without what was before training are left out, with a warning', () => {
  const lost = trials('lomap', [1], thrifty).map(({ trial }) => trial.settings.training.learningRate);
  const without = lost.map((learningRate) =>
    fakeForgetting({ label: 'lomap', seed: 9, task: 'rte', learningRate }, [lora(0, 9)], { before: false }),
  );
  const { warnings, rows } = compareOf([...trials('lora', SEEDS, lora), ...without]);
  expect(warnings).toEqual([expect.stringContaining('left out of the comparison of forgetting: 3 of 27 trials.')]);
  expect(rows.map(({ title }) => title)).toEqual(['LoRA']);

  const report = sweepReport('fake', without);
  expect([...report.tables.keys()]).toEqual(['main']);
  expect(report.findings!.headline).toMatch(/Nothing is compared/);
});

test('two kinds, with the previous task’s primary metric, in points', () => {
  const both = (share: number, seed: number) => ({ ...lora(share, seed), previous: 0.9 - 0.3 * share });
  const results = trials('lora', SEEDS, both);
  expect(kindsOf(results).map(({ key, measure, unit }) => [key, measure, unit])).toEqual([
    ['pretraining-text', 'rise of the masked-LM loss', 'nats'],
    ['previous-mrpc', 'loss of accuracy on MRPC, learned before', 'points'],
  ]);
  expect(endpoint(compareOf(results), 'score', 1).rows[0]!.average.own!.mean).toBeCloseTo(27, 9);
  const single = forgettingFindings(compareOf(results));
  expect(single.headline).toContain('MRPC, at matched score: nothing is compared, for there is no LoRA row');
});

test('head only forgets nothing and is in no comparison', () => {
  const still = (share: number) => ({ score: 0.55 + 0.01 * share, norm: 0, loss: 2 });
  const results = [...trials('head', SEEDS, still), ...trials('lora', SEEDS, lora), ...trials('lomap', SEEDS, thrifty)];
  const comparison = compareOf(results);
  expect(comparison.floors.map(({ title }) => title)).toEqual(['head only']);
  expect(endpoint(comparison, 'score').rows.map(({ title }) => title)).toEqual(['LoRA', 'LoMAP']);
  expect(sweepReport('fake', results).tables.get('forgetting')!.notes).toContain(
    'head only leaves the encoder as it is and so forgets nothing: in no comparison.',
  );
});

describe('a sweep of forgetting', () => {
  const results = fakeForgettingSweep();
  const { tables, charts, findings, warnings } = sweepReport('fake-forgetting', results);

  test('has its own tables and charts instead of a row a learning rate in main', () => {
    expect([...tables.keys()]).toEqual(['forgetting', 'forgetting-rates']);
    expect([...charts.keys()]).toEqual(['forgetting-score', 'forgetting-norm']);
    expect(warnings).toEqual([]);
    // LoMAP pays .6 a step of LoRA's length but needs 1.6 times the way: 1.1 times the forgetting for the same score.
    expect(findings!.headline).toMatch(/at matched score: full fine-tuning and LoMAP forget more than LoRA by more/);
    expect(findings!.headline).toMatch(/at matched ‖ΔW‖: LoMAP forgets less than LoRA by more/);
    expect(findings!.rows).toHaveLength(2 * 2 * 3);
  });

  test('leaves other trials of the folder to main', () => {
    const mixed = sweepReport('fake', [...results, fakeResult({ label: 'lora' }), fakeResult({ label: 'dora' })]);
    expect([...mixed.tables.keys()]).toEqual(['main', 'forgetting', 'forgetting-rates']);
    expect(mixed.findings!.rows.map(({ title }) => title)).toEqual(['DoRA']);
  });

  test('does not depend on the order of the results', () => {
    const reversed = sweepReport('fake-forgetting', [...results].reverse());
    expect(JSON.stringify([...reversed.charts])).toBe(JSON.stringify([...charts]));
    for (const [name, table] of tables) expect(markdown(reversed.tables.get(name)!)).toBe(markdown(table));
  });

  test('says every number in its records', () => {
    const lines = csv(tables.get('forgetting')!).trim().split('\n');
    expect(lines).toHaveLength(1 + 2 * (4 + 3) * 3); // kinds × (rows at score, pairs at norm) × (tasks and average)
    expect(lines[1]).toMatch(/^pretraining-text,nats,score,full fine-tuning,CoLA,\d\d\.\d+,10,0\.\d+,/);
    const rates = csv(tables.get('forgetting-rates')!).trim().split('\n');
    expect(rates).toHaveLength(1 + 2 * 5 * 4 * 4); // tasks × methods × rates × (score, norm, two kinds)
  });

  test('keeps methods’ colours from chart to chart', () => {
    for (const chart of charts.values()) {
      expect(JSON.stringify(chart)).toContain(
        '"domain":["full fine-tuning","LoRA","DoRA","LoMAP"],"range":["#0072B2","#D55E00","#009E73","#CC79A7"]',
      );
    }
  });
});

test('a trial’s page shows norm and loss as they are, and scores alone in points', () => {
  const trial = fakeForgetting({ task: 'rte' }, [{ score: 0.7, norm: 1.5, loss: 2.25, previous: 0.8 }]);
  const shown = epochPoints(trial.trial).map(({ metric, score }) => [metric, score]);
  expect(shown).toEqual([
    ['accuracy', 70],
    ['masked_lm_accuracy', 50],
    ['previous_accuracy', 80],
    ['previous_f1', 10],
  ]);
  const text = epochTable(trial).text;
  expect(text).toContain('in points (10 examples); masked lm loss and update norm as they are');
  for (const number of ['70.00', '2.250', '1.500']) expect(text).toContain(number);
  expect(text).not.toContain('150.00');
});
