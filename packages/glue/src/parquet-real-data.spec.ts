/** Real TSV files written as the hub's Parquet files: the same examples come out of both. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { inCi, needs } from '../../../test/needs/needs.ts';
import { loadSplit } from './load.ts';
import type { SplitName } from './task.ts';
import { glueTask } from './tasks.ts';

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const folder = resolve(repository, process.env['GLUE_DIR'] ?? '../shared/glue');

const onRealData = needs(existsSync(folder) ? null : 'no folder of GLUE; set GLUE_DIR', inCi);

onRealData.describe('GLUE as Parquet', () => {
  let data: string;
  beforeAll(async () => {
    data = await mkdtemp(join(tmpdir(), 'lomap-glue-parquet-'));
  });
  afterAll(() => rm(data, { recursive: true, force: true }));

  test.each([
    ['rte', 'train', 2490],
    ['rte', 'dev', 277],
    ['stsb', 'train', 5749],
    ['stsb', 'dev', 1500],
  ] as [string, SplitName, number][])('%s %s', async (name, split, rows) => {
    const it = glueTask(name);
    const expected = await loadSplit(it, folder, split);
    expect(expected).toHaveLength(rows);
    const labels = expected.map(({ label }) => label);
    const bytes = parquetWriteBuffer({
      columnData: [
        { name: 'sentence1', type: 'STRING', data: expected.map(({ text }) => text) },
        { name: 'sentence2', type: 'STRING', data: expected.map(({ pair }) => pair!) },
        it.kind === 'regression'
          ? { name: 'label', type: 'FLOAT', data: Float32Array.from(labels) }
          : { name: 'label', type: 'INT64', data: labels.map(BigInt) },
        { name: 'idx', type: 'INT32', data: expected.map(({ index }) => index) },
      ],
    });
    await mkdir(join(data, name), { recursive: true });
    const file = `${split.replace('dev', 'validation')}-00000-of-00001.parquet`;
    await writeFile(join(data, name, file), new Uint8Array(bytes));
    const found = await loadSplit(it, data, split);
    const rounded = (examples: typeof found) =>
      examples.map((example) => ({ ...example, label: Math.fround(example.label) }));
    expect(rounded(found)).toEqual(rounded(expected));
    // Only scores that the TSV file gives with 14 decimals are not the same double.
    const others = found.filter(({ label }, i) => label !== labels[i]);
    expect(others.every(({ index }) => String(labels[index]).length === 16)).toBe(true);
    expect(others.length).toBeLessThan(20);
  });
});
