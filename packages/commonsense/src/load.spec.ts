import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { DataError } from './data-error.ts';
import { dataSha256, loadMixture, loadSplit, MIXTURE } from './load.ts';
import { task, taskNames } from './tasks.ts';
import { rows, type Row } from './testing/rows.ts';

let data: string;
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'lomap-commonsense-'));
});
afterEach(() => rm(data, { recursive: true }));

async function write(file: string, content: readonly Row[] | string): Promise<void> {
  await mkdir(dirname(join(data, file)), { recursive: true });
  await writeFile(join(data, file), typeof content === 'string' ? content : JSON.stringify(content));
}

test('each task is read from its folder, rows numbered from 0', async () => {
  await write('hellaswag/test.json', [rows.hellaswag, rows.hellaswag]);
  const questions = await loadSplit(task('hellaswag'), data, 'test');
  expect(questions.map(({ index, answer }) => [index, answer])).toEqual([
    [0, 2],
    [1, 2],
  ]);
  await write('ARC-Easy/train.json', [rows.arc]);
  expect(await loadSplit(task('arc_easy'), data, 'train')).toHaveLength(1);
});

test('the mixture has rows of every form', async () => {
  await write(MIXTURE, Object.values(rows));
  const forms = (await loadMixture(data)).map(({ form }) => form);
  expect(forms).toEqual(['boolean', 'solution', 'answer', 'ending', 'option', 'answer']);
});

test('a task is found by any of its names', () => {
  expect(
    ['ARC-Easy', 'arc_easy', 'ARC-e', 'social_i_qa', 'social_iqa', 'OBQA', 'openbookqa'].map((name) => task(name).name),
  ).toEqual(['arc_e', 'arc_e', 'arc_e', 'siqa', 'siqa', 'obqa', 'obqa']);
  expect(() => task('rte')).toThrow(`Unknown task "rte". The commonsense tasks are ${taskNames.join(', ')}.`);
});

test.each([
  [
    'missing',
    null,
    /Cannot read .*boolq\/test\.json: there is no such file\. BoolQ is read from boolq\/train\.json and/,
  ],
  ['no JSON', '[{]', /boolq\/test\.json: not JSON: line 1/],
  ['no list', '{"data": []}', /boolq\/test\.json: expected a list of rows \{ instruction/],
  ['an empty list', '[]', /expected a list of rows/],
  ['lines of JSON', '{"a": 1}\n{"a": 2}', /boolq\/test\.json: not JSON: line 2/],
  [
    "another task's rows",
    JSON.stringify([rows.arc]),
    /row 0: expected an instruction of BoolQ, found one with .*"answer"/,
  ],
  [
    'a bad row',
    JSON.stringify([rows.boolq, { ...rows.boolq, answer: 'yes' }]),
    /test\.json, row 1: expected an answer/,
  ],
])('%s: one error', async (_, content, message) => {
  if (content !== null) await write('boolq/test.json', content);
  const error: unknown = await loadSplit(task('boolq'), data, 'test').catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(DataError);
  expect((error as Error).message).toMatch(message);
});

test('the number of choices is the task’s', async () => {
  await write('openbookqa/test.json', [rows.siqa]);
  await expect(loadSplit(task('obqa'), data, 'test')).rejects.toThrow(/row 0: expected 4 choices of OBQA, found 3/);
  await write('ARC-Challenge/test.json', [rows.siqa, rows.arc]);
  expect(await loadSplit(task('arc_c'), data, 'test')).toHaveLength(2);
});

test('the hash is of names, bytes and marks', async () => {
  await write('boolq/test.json', [rows.boolq]);
  await write('boolq/train.json', [rows.boolq]);
  const names = ['boolq/train.json', 'boolq/test.json'];
  const hash = await dataSha256(data, names);
  expect(hash).toMatch(/^[0-9a-f]{64}$/);
  expect(await dataSha256(data, [...names].reverse())).not.toBe(hash);
  expect(await dataSha256(data, names, ['winogrande: without copies'])).not.toBe(hash);
  await write('boolq/train.json', [rows.boolq, rows.boolq]);
  expect(await dataSha256(data, names)).not.toBe(hash);
});
