import { describe, expect, test } from '@jest/globals';
import { score } from './score.ts';

const classes = (title: string, numLabels: number, metrics: readonly string[]) =>
  ({ title, kind: 'classification', numLabels, metrics }) as const;
const tasks = {
  mrpc: classes('MRPC', 2, ['accuracy', 'f1']),
  mnli: classes('MNLI', 3, ['accuracy']),
  cola: classes('CoLA', 2, ['matthews_correlation', 'accuracy']),
  rte: classes('RTE', 2, ['accuracy']),
  stsb: { ...classes('STS-B', 1, ['pearson', 'spearman', 'pearson_spearman']), kind: 'regression' },
} as const;
const task = (name: keyof typeof tasks) => tasks[name];

describe('score', () => {
  test('takes the class of the largest logit, the first of equal ones', () => {
    const logits = [
      [0.2, 0.1],
      [-3, -1],
      [5, 5],
      [0, 1],
    ];
    expect(score(task('mrpc'), logits, [0, 1, 0, 0])).toEqual({
      scores: { accuracy: 0.75, f1: 2 / 3 },
      notes: [],
    });
    expect(
      score(
        task('mnli'),
        [
          [0, 1, 2],
          [3, 1, 2],
        ],
        [2, 1],
      ).scores,
    ).toEqual({ accuracy: 0.5 });
  });

  test('takes the output itself for regression', () => {
    expect(score(task('stsb'), [[10], [20], [40]], [1, 2, 4])).toEqual({
      scores: {
        pearson: expect.closeTo(1, 14),
        spearman: expect.closeTo(1, 14),
        pearson_spearman: expect.closeTo(1, 14),
      },
      notes: [],
    });
  });

  test('notes a constant prediction', () => {
    expect(
      score(
        task('cola'),
        [
          [1, 0],
          [2, 0],
        ],
        [0, 1],
      ),
    ).toEqual({
      scores: { matthews_correlation: 0, accuracy: 0.5 },
      notes: ['matthews_correlation is undefined, reported as 0: every prediction is the same'],
    });
    expect(score(task('stsb'), [[2], [2]], [0, 1]).scores).toEqual({ pearson: 0, spearman: 0, pearson_spearman: 0 });
  });

  test('survives a run that diverged', () => {
    expect(
      score(
        task('rte'),
        [
          [NaN, -1],
          [Infinity, 0],
          [NaN, NaN],
          [1, 0],
        ],
        [1, 1, 0, 0],
      ),
    ).toEqual({
      scores: { accuracy: 1 },
      notes: ['the outputs of 3 of 4 examples are not finite'],
    });
    expect(score(task('stsb'), [[1], [NaN]], [1, 2])).toEqual({
      scores: { pearson: 0, spearman: 0, pearson_spearman: 0 },
      notes: ['the outputs of 1 of 2 examples are not finite'],
    });
  });

  test('refuses wrong shapes', () => {
    expect(() => score(task('rte'), [], [])).toThrow('RTE: there are no examples to score.');
    expect(() => score(task('rte'), [[0, 1]], [0, 1])).toThrow('RTE: expected 2 rows of logits, one a label, found 1.');
    expect(() => score(task('stsb'), [[0], [0, 1]], [0, 1])).toThrow('expected 1 logits in each row, found 2 in row 1');
  });
});
