import { expect, test } from '@jest/globals';
import { fakeResult } from '@lomap/results/testing';
import { compare } from '../../comparison.ts';
import { levelsTable } from './levels.ts';

const at = (label: string, seed: number, one: number, two: number) => {
  const result = fakeResult({ label, seed, task: 'rte', score: (one + two) / 2 });
  const devByLevel = { dev: { '1': { accuracy: one }, '2': { accuracy: two } } };
  return { ...result, trial: { ...result.trial, devByLevel } };
};

test('the mean over seeds at every level, in points', () => {
  const results = [at('lora', 1, 0.8, 0.5), at('lora', 2, 0.9, 0.6), at('lomap', 1, 0.7, 0.4)];
  const table = levelsTable(compare('fake', results)!, 'title')!;
  expect(table.sections).toHaveLength(1);
  expect(table.sections[0]!.caption).toContain('RTE');
  expect(table.sections[0]!.rows).toEqual([
    ['LoRA', '85.00 ± 7.07 (2)', '55.00 ± 7.07 (2)'],
    ['LoMAP', '70.00 (1)', '40.00 (1)'],
  ]);
  expect(table.records.rows[1]).toEqual(['LoRA', 'RTE', 'accuracy', 2, 2, 55, 7.071068]);
});

test('there is none without levels, and a task without them has no section', () => {
  const plain = fakeResult({ label: 'lora', task: 'mrpc' });
  expect(levelsTable(compare('fake', [plain])!, 'title')).toBeNull();
  const table = levelsTable(compare('fake', [plain, at('lora', 1, 0.8, 0.5)])!, 'title')!;
  expect(table.sections.map(({ caption }) => caption.split(':')[0])).toEqual(['RTE']);
});
