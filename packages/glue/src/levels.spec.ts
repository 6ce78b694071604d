import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { loadLevels } from './levels.ts';
import { glueTask } from './tasks.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'lomap-levels-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const folder = async (text: string): Promise<string> => {
  const made = await mkdtemp(join(root, 'levels-'));
  await mkdir(join(made, 'RTE'));
  await writeFile(join(made, 'RTE', 'levels.tsv'), text);
  return made;
};

test('data without them has none', async () => {
  expect(await loadLevels(glueTask('rte'), root, 'dev')).toBeNull();
});

test.each([
  ['a\tb\tc\n', /line 1: expected the header split, index, level/],
  ['split\tindex\tlevel\ndev\tone\t1\n', /line 2: expected a split, an index and a level, found "dev one 1"/],
  ['split\tindex\tlevel\ndev\t1\n', /line 2/],
  ['split\tindex\tlevel\ndev\t1\t1\ndev\t1\t2\n', /line 3: expected each index of dev once/],
])('%j is refused', async (text, message) => {
  await expect(loadLevels(glueTask('rte'), await folder(text), 'dev')).rejects.toThrow(message);
});
test('levels are a split’s own, by index', async () => {
  const made = await folder('split\tindex\tlevel\ndev\t4\t1\ntrain\t4\t3\ndev\t0\t2\n');
  expect(await loadLevels(glueTask('rte'), made, 'dev')).toEqual(
    new Map([
      [4, 1],
      [0, 2],
    ]),
  );
});
