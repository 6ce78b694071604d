import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { glueTask, loadSplitWithCounts } from '@lomap/glue';
import { score } from '@lomap/tasks';
import { syntheticSource, writeSyntheticSuite } from './suite.ts';
import { syntheticTasks } from './tasks/registry.ts';

let root: string;
let data: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'lomap-suite-'));
  data = join(root, 'synthetic');
  expect(await writeSyntheticSuite(data)).toEqual({ directory: data, written: true });
});
afterAll(() => rm(root, { recursive: true, force: true }));

const splits = syntheticTasks.flatMap(({ name, splits: list }) => list.map(({ split }) => [name, split] as const));

describe('the suite on disk', () => {
  test.each(splits)('%s %s is read by the loaders, whole, with a level a row', async (name, split) => {
    const { examples, torn, withoutLabel } = await loadSplitWithCounts(glueTask(name), data, split);
    expect([examples.length, torn, withoutLabel]).toEqual([split === 'train' ? 6048 : 1008, 0, 0]);
    const levels = await glueTask(name).levels!(data, split);
    expect([...levels!.keys()]).toEqual(examples.map(({ index }) => index));
    for (const level of [1, 2, 3]) {
      const own = examples.filter(({ index }) => levels!.get(index) === level);
      expect(own.length).toBe(examples.length / 3);
      // Every level has every class equally often.
      for (const id of glueTask(name).labels.keys()) {
        expect(own.filter(({ label }) => label === id).length).toBe(own.length / glueTask(name).numLabels);
      }
    }
    const perfect = examples.map(({ label }) => {
      const outputs = glueTask(name).labels.map((_, id) => Number(id === label));
      return outputs.length > 0 ? outputs : [label];
    });
    const scored = score(
      glueTask(name),
      perfect,
      examples.map(({ label }) => label),
    );
    expect(scored.scores[glueTask(name).primaryMetric]).toBeCloseTo(1, 12);
  });

  test('QQP is not made, and asking for it says which file is missing', async () => {
    expect(syntheticSource.tasks.map(({ name }) => name)).not.toContain('qqp');
    await expect(loadSplitWithCounts(glueTask('qqp'), data, 'train')).rejects.toThrow(
      /QQP.train\.tsv: there is no such file/,
    );
  });

  test('what is there is verified and left, and nothing else stays', async () => {
    expect(await writeSyntheticSuite(data)).toEqual({ directory: data, written: false });
    expect(await readdir(root)).toEqual(['synthetic']);
  });

  test('an empty folder is filled; a strange or a damaged one is refused and left', async () => {
    const strange = join(root, 'strange');
    await mkdir(strange);
    await writeFile(join(strange, 'notes.txt'), 'mine');
    await expect(writeSyntheticSuite(strange)).rejects.toThrow(/holds something, but not all of the synthetic suite/);
    expect(await readdir(strange)).toEqual(['notes.txt']);
    await writeFile(join(data, 'WNLI', 'levels.tsv'), 'split\tindex\tlevel\ndev\t0\t1\n');
    await expect(writeSyntheticSuite(data)).rejects.toThrow(/WNLI is not that of the synthetic suite, version 1/);
    await rm(strange, { recursive: true });
  });
});
