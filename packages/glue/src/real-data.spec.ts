/** The real files, in the folder GLUE_DIR names, or ../shared/glue beside the repository. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { inCi, needs } from '../../../test/needs/needs.ts';
import { dataSha256, splitFile } from './files.ts';
import { loadSplitWithCounts } from './load.ts';
import { subset } from '@lomap/tasks';
import type { SplitName } from './task.ts';
import { glueTask } from './tasks.ts';

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const folder = resolve(repository, process.env['GLUE_DIR'] ?? '../shared/glue');

const onRealData = needs(existsSync(folder) ? null : 'no folder of GLUE; set GLUE_DIR', inCi);

/** Rows by split, and labels counted by class (awk over the same files). */
const expected: [string, SplitName, number, number[] | null][] = [
  ['cola', 'train', 8551, [2528, 6023]],
  ['cola', 'dev', 1043, [322, 721]],
  ['sst2', 'train', 67349, [29780, 37569]],
  ['sst2', 'dev', 872, [428, 444]],
  ['mrpc', 'train', 3668, [1194, 2474]],
  ['mrpc', 'dev', 408, [129, 279]],
  ['stsb', 'train', 5749, null],
  ['stsb', 'dev', 1500, null],
  ['rte', 'train', 2490, [1249, 1241]],
  ['rte', 'dev', 277, [146, 131]],
  ['qnli', 'train', 20534, [10306, 10228]],
  ['qnli', 'dev', 5463, [2702, 2761]],
];

onRealData.describe('real GLUE', () => {
  test.each(expected)('%s %s: %i rows', async (name, split, rows, byClass) => {
    const it = glueTask(name);
    const { examples, torn, withoutLabel } = await loadSplitWithCounts(it, folder, split);
    expect([examples.length, torn, withoutLabel]).toEqual([rows, 0, 0]);
    // Of QNLI's train this folder may hold a part.
    if (name !== 'qnli' || split !== 'train') expect(it.rows[split]).toBe(rows);
    if (byClass) {
      expect(it.labels.map((_, id) => examples.filter(({ label }) => label === id).length)).toEqual(byClass);
    } else {
      expect(examples.every(({ label }) => label >= 0 && label <= 5)).toBe(true);
      expect(examples.some(({ label }) => !Number.isInteger(label))).toBe(true);
    }

    // Every sentence is a cell of its line, found without a parser.
    const lines = readFileSync(splitFile(it, folder, split), 'utf8')
      .replace(/^\uFEFF/, '')
      .split('\n');
    const header = it.layout.header ? lines.shift()!.split('\t') : it.layout.columns;
    const cell = (index: number, column: string) => lines[index]!.split('\t')[header.indexOf(column)];
    const wrong = examples.filter(
      ({ index, text, pair }) =>
        text !== cell(index, it.layout.text) || (it.layout.pair !== null && pair !== cell(index, it.layout.pair)),
    );
    expect(wrong.map(({ index }) => index)).toEqual([]);
  });

  test('a subset of QNLI, whose rows are grouped by origin, comes from all of it', async () => {
    const { examples } = await loadSplitWithCounts(glueTask('qnli'), folder, 'train');
    const indices = subset(examples, 200, 1).map(({ index }) => index);
    const quarter = (i: number) => indices.filter((index) => Math.floor((index / examples.length) * 4) === i).length;
    // 50 expected, standard deviation 6.
    for (const i of [0, 1, 2, 3]) expect(Math.abs(quarter(i) - 50)).toBeLessThan(31);
  });

  test('the data of a task has a hash', async () => {
    expect(await dataSha256(glueTask('rte'), folder)).toMatch(/^[0-9a-f]{64}$/);
  });
});
