import { expect, test } from '@jest/globals';
import { fakeIdentity, fakeSweep } from '../testing/fakes.ts';
import { chooseLearningRates, type SearchAnswer } from './choose.ts';
import { planSearch } from './plan.ts';

const sweep = fakeSweep({
  methods: ['lora'],
  search: { task: 'mrpc', seeds: [101, 102], learningRates: [1e-3, 1e-4, 1e-2] },
});
const trials = planSearch(sweep, fakeIdentity);

type Score = number | 'diverged' | 'collapsed';

function answer(score: Score): SearchAnswer {
  if (score === 'diverged') return { score: null, collapsed: false, diverged: true };
  // The majority's rate: above what is learned at the other learning rates of these tests.
  if (score === 'collapsed') return { score: 0.95, collapsed: true, diverged: false };
  return { score, collapsed: false, diverged: false };
}

/** Scores by learning rate, one for each seed. */
function choose(scores: Record<string, readonly Score[]>) {
  const byId = trials.flatMap(({ id, settings }): [string, SearchAnswer][] => {
    const score = scores[String(settings.training.learningRate)]?.[settings.seed - 101];
    return score === undefined ? [] : [[id, answer(score)]];
  });
  return chooseLearningRates(sweep, trials, new Map(byId)).get('lora');
}

test('the best mean over the seeds wins', () => {
  expect(choose({ 0.0001: [0.5, 0.5], 0.001: [0.9, 0.3], 0.01: [0.1, 0.1] })).toMatchObject({
    learningRate: 1e-3,
    notes: ['learning rate 0.001 chosen on the selection split of mrpc from 0.0001, 0.001, 0.01'],
  });
});

test('a tie is said with its rates, and the smallest is taken', () => {
  const tie = choose({ 0.0001: [0.1, 0.1], 0.001: [0.5, 0.5], 0.01: [0.6, 0.4] });
  expect(tie?.learningRate).toBe(1e-3);
  expect(tie?.notes.slice(1)).toEqual(['tie of 2 learning rates (0.001, 0.01): the smallest is taken']);
});

test('an optimum at the edge is noted, but not where all rates tie', () => {
  const edge = choose({ 0.0001: [0.1, 0.1], 0.001: [0.5, 0.5], 0.01: [0.6, 0.6] });
  expect(edge?.notes.at(-1)).toMatch(/largest of the search space: the optimum may lie outside/);
  const all = choose({ 0.0001: [0.5, 0.5], 0.001: [0.5, 0.5], 0.01: [0.5, 0.5] });
  expect(all?.learningRate).toBe(1e-4);
  expect(all?.notes.slice(1)).toEqual([
    'tie of 3 learning rates (0.0001, 0.001, 0.01): the smallest is taken, for the search does not tell the rates apart',
  ]);
});

test('a learning rate that diverged loses and is named; one without a result leaves the choice open', () => {
  const choice = choose({ 0.0001: [0.1, 0.1], 0.001: [0.2, 0.2], 0.01: [0.9, 'diverged'] });
  expect(choice?.learningRate).toBe(1e-3);
  expect(choice?.notes.slice(1)).toEqual(['diverged at learning rate 0.01 (1 of 2 seeds)']);
  expect(choose({ 0.0001: [0.1, 0.1], 0.001: [0.2, 0.2], 0.01: [0.9] })).toBeUndefined();
});

test('a collapsed trial counts as 0, whatever its score, and is named', () => {
  const choice = choose({ 0.0001: [0.3, 0.3], 0.001: ['collapsed', 0.5], 0.01: ['collapsed', 'collapsed'] });
  expect(choice?.learningRate).toBe(1e-4);
  expect(choice?.notes[1]).toBe(
    'collapsed, so counted as 0, at learning rate 0.001 (1 of 2 seeds), 0.01 (2 of 2 seeds)',
  );
});

test('where nothing else is left, the choice says so', () => {
  const both = ['collapsed', 'collapsed'] as const;
  const choice = choose({ 0.0001: both, 0.001: both, 0.01: ['diverged', 'diverged'] });
  expect(choice).toMatchObject({ learningRate: 1e-4 });
  expect(choice?.notes.slice(1)).toEqual([
    'every rate collapsed or diverged: nothing speaks for the one taken',
    'collapsed, so counted as 0, at learning rate 0.0001 (2 of 2 seeds), 0.001 (2 of 2 seeds)',
    'diverged at learning rate 0.01 (2 of 2 seeds)',
  ]);
});
