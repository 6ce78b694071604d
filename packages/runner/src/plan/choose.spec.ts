import { expect, test } from '@jest/globals';
import { fakeIdentity, fakeSweep } from '../testing/fakes.ts';
import { chooseLearningRates } from './choose.ts';
import { planSearch } from './plan.ts';

const sweep = fakeSweep({
  methods: ['lora'],
  search: { task: 'mrpc', seeds: [101, 102], learningRates: [1e-3, 1e-4, 1e-2] },
});
const trials = planSearch(sweep, fakeIdentity);

/** Scores by learning rate, one for each seed. */
function choose(scores: Record<string, readonly (number | null)[]>) {
  const byId = trials.flatMap(({ id, settings }): [string, number | null][] => {
    const score = scores[String(settings.training.learningRate)]?.[settings.seed - 101];
    return score === undefined ? [] : [[id, score]];
  });
  return chooseLearningRates(sweep, trials, new Map(byId)).get('lora');
}

test('the best mean over the seeds wins, the smaller of equals', () => {
  expect(choose({ 0.0001: [0.5, 0.5], 0.001: [0.9, 0.3], 0.01: [0.1, 0.1] })).toMatchObject({ learningRate: 1e-3 });
  expect(choose({ 0.0001: [0.1, 0.1], 0.001: [0.5, 0.5], 0.01: [0.5, 0.5] })?.learningRate).toBe(1e-3);
});

test('an optimum at the edge is noted', () => {
  const edge = choose({ 0.0001: [0.1, 0.1], 0.001: [0.5, 0.5], 0.01: [0.6, 0.6] });
  expect(edge?.notes.at(-1)).toMatch(/largest of the search space/);
  expect(choose({ 0.0001: [0.1, 0.1], 0.001: [0.5, 0.5], 0.01: [0.4, 0.4] })?.notes).toHaveLength(1);
});

test('a learning rate that diverged loses; one without a result leaves the choice open', () => {
  expect(choose({ 0.0001: [0.1, 0.1], 0.001: [0.2, 0.2], 0.01: [0.9, null] })?.learningRate).toBe(1e-3);
  expect(choose({ 0.0001: [0.1, 0.1], 0.001: [0.2, 0.2], 0.01: [0.9] })).toBeUndefined();
});
