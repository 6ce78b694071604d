import { expect, test } from '@jest/globals';
import { fakeResult } from '@lomap/results/testing';
import { comparisonTable } from '../analyses/main/table.ts';
import { compare } from '../comparison.ts';
import { chosenRate } from './chosen-rates.ts';

const chosen = (rate: number, tried: string) =>
  `learning rate ${rate} chosen on the selection split of cola from ${tried}`;
const edge = (end: string) => `the chosen learning rate is the ${end} of the search space: the optimum may lie outside`;

test('what a trial noted of the choice of its rate', () => {
  expect(chosenRate({ notes: [chosen(0.001, '0.0001, 0.001, 0.01')] })).toEqual({
    tried: [1e-4, 1e-3, 1e-2],
    edge: null,
  });
  expect(chosenRate({ notes: ['other', chosen(0.01, '0.001, 0.01'), edge('largest')] })!.edge).toBe('largest');
  expect(chosenRate({ notes: ['classifier starts fresh'] })).toBeNull();
});

test('a table has the rates in columns, with their edges, and no sentence that lists trials', () => {
  const noted = (label: string, learningRate: number, notes: string[], seed: number) => {
    const result = fakeResult({ task: 'cola', label, learningRate, seed });
    return { ...result, trial: { ...result.trial, notes: [...notes, 'classifier starts fresh'] } };
  };
  const results = [1, 2].flatMap((seed) => [
    noted('lora', 1e-3, [chosen(0.001, '0.0001, 0.001, 0.01')], seed),
    noted('dora', 1e-3, [chosen(0.001, '0.0001, 0.001, 0.01')], seed),
    noted('lomap', 3e-2, [chosen(0.03, '0.001, 0.01, 0.03'), edge('largest')], seed),
  ]);
  const { sections, notes } = comparisonTable(compare('fake', results)!, 'fake');
  const { columns, rows } = sections.find(({ name }) => name === 'rates')!;
  expect(columns.map(({ title }) => title)).toEqual(['Method', 'r', 'CoLA']);
  expect(rows.map(([method, , rate]) => [method, rate])).toEqual([
    ['LoRA', '1e-3'],
    ['DoRA', '1e-3'],
    ['LoMAP', '3e-2 (edge)'],
  ]);
  expect(notes).toContain(
    'Learning rates were chosen on a selection split of train, from 1e-4, 1e-3, 1e-2; LoMAP on CoLA from 1e-3, 1e-2, 3e-2. ' +
      'Where the one chosen is at an edge, a better one may lie outside.',
  );
  expect(notes.join()).not.toMatch(/chosen on the selection split of cola|search space/);
  expect(notes.join()).toContain('classifier starts fresh (');
});
