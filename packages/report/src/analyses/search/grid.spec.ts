import { expect, test } from '@jest/globals';
import { fakeResult } from '@lomap/results/testing';
import { searchCurves } from './curves.ts';
import { searchGrids } from './grid.ts';
import { text } from '../../tables/text.ts';

function search(label: string, learningRate: number, score: number | null, task = 'cola', seed = 101) {
  const result = fakeResult({ ...{ purpose: 'search', label, learningRate, task, seed }, score: score ?? 0 });
  return { ...result, trial: { ...result.trial, selectionScore: score } };
}

const results = [
  search('lora', 1e-4, 0),
  search('lora', 1e-3, 0.6),
  search('lora', 1e-2, null),
  search('lomap', 1e-4, 0.3),
  search('lomap', 1e-3, 0.42),
  search('lomap', 1e-2, -0.1),
];

test('methods down, rates across, the best in brackets, a dash where a trial diverged', () => {
  const [grid, ...others] = searchGrids(searchCurves(results));
  expect(others).toEqual([]);
  expect(grid!.caption).toContain('CoLA by learning rate');
  expect(grid!.caption).toContain('1 seed a point');
  expect(grid!.columns.map(({ title }) => title)).toEqual(['Method', ' 1e-4 ', ' 1e-3 ', ' 1e-2 ', 'Curve']);
  // Bars from −10 to 60 points: 0 is a seventh of the way, 30 four sevenths, 42 five.
  expect(grid!.rows).toEqual([
    ['LoRA', ' 0.0 ', '[60.0]', ' – ', '▂█ '],
    ['LoMAP', ' 30.0 ', '[42.0]', ' −10.0 ', '▅▆▁'],
  ]);
});

test('a task is a grid of its own, in GLUE’s order, with a scale of its own', () => {
  const other = [1e-4, 1e-3, 1e-2].map((rate, i) => search('lora', rate, 0.5 + 0.001 * i, 'rte'));
  const grids = searchGrids(searchCurves([...other, ...results]));
  expect(grids.map(({ caption }) => caption.split(' ')[0])).toEqual(['CoLA', 'RTE']);
  expect(grids[1]!.rows).toEqual([['LoRA', ' 50.0 ', ' 50.1 ', '[50.2]', '▁▅█']]);
});

test('seeds of a point are told, and one level has full bars', () => {
  const [grid] = searchGrids(
    searchCurves([search('lora', 1e-4, 0.5), search('lora', 1e-4, 0.5, 'cola', 102), search('lora', 1e-3, 0.5)]),
  );
  expect(grid!.caption).toContain('1 to 2 seeds a point');
  expect(grid!.rows[0]!.at(-1)).toBe('██');
});

test('below a table’s findings on a terminal', () => {
  const table = {
    title: 't',
    sections: [],
    records: { columns: [], rows: [] },
    findings: ['Nothing is shown.'],
    notes: [],
  };
  const lines = text(table, searchGrids(searchCurves(results))).split('\n');
  expect(lines.slice(0, 2)).toEqual(['- Nothing is shown.', '']);
  expect(lines.slice(-2)).toEqual(['LoRA      0.0   [60.0]       –   ▂█', 'LoMAP    30.0   [42.0]   −10.0   ▅▆▁']);
});
