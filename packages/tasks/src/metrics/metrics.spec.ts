import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Metric } from './metric.ts';
import { findMetric, isBetter, metricNamed, readingOf, registerMetric } from './registry.ts';
import { ranks } from './spearman.ts';

// Expected values: scikit-learn 1.9.1 (accuracy_score, f1_score, matthews_corrcoef) and scipy 1.17.1 (pearsonr,
// spearmanr), on vectors drawn with numpy 2.4.6's default_rng(2505).
const classification: { labels: number[]; predictions: number[]; expected: Readonly<Record<string, number>> }[] = [
  {
    labels: [0, 0, 1, 0, 0, 1, 1, 1, 0, 0, 0, 0],
    predictions: [0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0],
    expected: { accuracy: 0.9166666666666666, f1: 0.8571428571428571, matthews_correlation: 0.816496580927726 },
  },
  {
    labels: [1, 0, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1],
    predictions: [0, 0, 1, 1, 1, 0, 1, 0, 0, 1, 0, 1, 0, 1, 1, 1, 1, 1, 0, 1],
    expected: { accuracy: 0.75, f1: 0.8, matthews_correlation: 0.47075654176200415 },
  },
  {
    labels: [2, 0, 0, 0, 2, 2, 2, 0, 1, 0, 1, 0, 0, 2, 2, 2, 1],
    predictions: [2, 2, 0, 0, 2, 2, 2, 0, 1, 0, 0, 2, 0, 2, 1, 2, 2],
    expected: { accuracy: 0.7058823529411765, matthews_correlation: 0.5318542251383251 },
  },
];
const regression = [
  {
    what: 'without ties',
    labels: [4.162, 2.366, 4.092, 2.59, 3.941, 1.685, 0.472, 1.036, 4.516, 4.594],
    predictions: [4.111, 1.989, 3.858, 1.326, 2.655, -0.06, -0.849, -1.189, 2.677, 4.085],
    expected: { pearson: 0.9451473562002007, spearman: 0.9151515151515152 },
  },
  {
    what: 'with ties',
    labels: [4.0, 3.5, 2.0, 2.0, 1.5, 0.5, 3.5, 1.0, 2.5, 1.5, 2.5, 1.0, 4.0, 1.5],
    predictions: [2.0, 2.0, -1.0, 0.0, 1.0, 0.0, 2.0, -1.0, 1.0, 4.0, 2.0, 2.0, 2.0, 0.0],
    expected: { pearson: 0.40572041296678973, spearman: 0.45031184359590765 },
  },
  {
    what: 'with more ties',
    labels: [3.5, 2.0, 3.0, 5.0, 2.5, 4.0, 2.5, 4.5, 4.0, 1.5, 3.5, 2.0],
    predictions: [3.0, 0.0, 2.0, 2.0, 2.0, 1.0, 1.0, 4.0, 2.0, 1.0, 2.0, 0.0],
    expected: { pearson: 0.6596412527112605, spearman: 0.6708517857326572 },
  },
];

const measure = (name: string, predictions: readonly number[], labels: readonly number[]) =>
  metricNamed(name).measure(predictions, labels, []);

describe('metrics equal those of scikit-learn and scipy', () => {
  for (const [i, { labels, predictions, expected }] of classification.entries()) {
    test.each(Object.entries(expected))(`vector ${i + 1}: %s`, (name, value) => {
      expect(measure(name, predictions, labels).value).toBeCloseTo(value, 13);
    });
  }
  test.each(regression)('$what', ({ predictions, labels, expected: { pearson, spearman } }) => {
    expect(measure('pearson', predictions, labels).value).toBeCloseTo(pearson, 13);
    expect(measure('spearman', predictions, labels).value).toBeCloseTo(spearman, 13);
    expect(measure('pearson_spearman', predictions, labels).value).toBeCloseTo((pearson + spearman) / 2, 13);
  });
});

describe('an undefined metric is 0 and says why', () => {
  test.each(['matthews_correlation', 'pearson', 'spearman', 'pearson_spearman'] as const)('%s', (name) => {
    const same = 'every prediction is the same';
    expect(measure(name, [1, 1, 1], [0, 1, 2])).toEqual({ value: 0, undefinedBecause: same });
    expect(measure(name, [0, 1, 2], [1, 1, 1])).toEqual({ value: 0, undefinedBecause: 'every label is the same' });
    expect(measure(name, [0.1], [3])).toEqual({ value: 0, undefinedBecause: same });
  });

  test('a constant whose mean rounds to another number is still constant', () => {
    expect(measure('pearson', [0.1, 0.1, 0.1], [1, 2, 3]).value).toBe(0);
  });

  test('f1 is undefined only without class 1', () => {
    expect(measure('f1', [0, 0], [0, 0]).undefinedBecause).toMatch(/class 1/);
    expect(measure('f1', [0, 0], [0, 1])).toEqual({ value: 0 });
    expect(measure('f1', [1, 1], [0, 1]).value).toBeCloseTo(2 / 3, 15);
  });
});

test('tied values share their average rank', () => {
  expect(ranks([7, 3, 7, 9, 7])).toEqual([3, 1, 3, 5, 3]);
});

describe('correlations of any vectors', () => {
  const finite = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e150, max: 1e150 });
  const pairs = fc.array(fc.tuple(finite, fc.integer({ min: 0, max: 3 })), { minLength: 1, maxLength: 30 });

  test('are in [-1, 1]', () => {
    fc.assert(
      fc.property(pairs, (rows) => {
        const predictions = rows.map(([x]) => x);
        const labels = rows.map(([, y]) => y);
        for (const name of ['pearson', 'spearman', 'matthews_correlation'] as const) {
          expect(Math.abs(measure(name, predictions, labels).value)).toBeLessThanOrEqual(1 + 1e-12);
        }
      }),
    );
  });

  test('Spearman depends on the order of the predictions only', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: 0, max: 5 }))), (rows) => {
        fc.pre(rows.length > 0);
        const labels = rows.map(([, y]) => y);
        const plain = measure(
          'spearman',
          rows.map(([x]) => x),
          labels,
        ).value;
        expect(
          measure(
            'spearman',
            rows.map(([x]) => Math.exp(x)),
            labels,
          ).value,
        ).toBe(plain);
        expect(
          measure(
            'spearman',
            rows.map(([x]) => -x),
            labels,
          ).value,
        ).toBeCloseTo(-plain, 12);
      }),
    );
  });
});

describe('the registry', () => {
  const error: Metric = {
    name: 'error_rate',
    title: 'error rate',
    better: 'smaller',
    scale: 100,
    unit: '%',
    floor: 1,
    measure: (predictions, labels) => ({
      value: predictions.filter((prediction, i) => prediction !== labels[i]).length / labels.length,
    }),
  };

  test('takes a metric from outside, which says what is better and how it is printed', () => {
    registerMetric(error);
    expect(metricNamed('error_rate')).toBe(error);
    expect(readingOf('error_rate')).toMatchObject({ title: 'error rate', better: 'smaller', unit: '%' });
    expect([isBetter(error, 0.1, 0.2), isBetter(error, 0.2, 0.1), isBetter(error, 0.1, 0.1)]).toEqual([
      ...[true, false, false],
    ]);
    expect(isBetter(metricNamed('f1'), 0.2, 0.1)).toBe(true);
  });

  test('refuses names that are taken or none, and numbers that nothing can be printed by', () => {
    expect(() => registerMetric(error)).toThrow('the registry has one of this name; give your own another.');
    expect(() => registerMetric({ ...error, name: 'Error rate' })).toThrow('lower-case letters');
    expect(() => registerMetric({ ...error, name: 'other', scale: 0 })).toThrow('a number above 0, not 0');
    expect(() => registerMetric({ ...error, name: 'other', floor: Infinity })).toThrow('a finite number, not Infinity');
    expect(findMetric('other')).toBeUndefined();
    expect(() => metricNamed('other')).toThrow(/no metric "other". Known: accuracy, .*registerMetric/);
  });

  test('reads a metric that nobody knows as a share of one', () => {
    expect(readingOf('exact_match')).toEqual({
      ...{ title: 'exact match', better: 'larger', scale: 100 },
      ...{ unit: 'points', floor: 0 },
    });
  });
});
