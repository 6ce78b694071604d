/**
 * The cloze protocol's texts are lm-evaluation-harness's, for 200 rows of each test. Without Python the rows are compared
 * with the hashes of what it gave (`texts.json`, written by the same test with LOMAP_WRITE set).
 */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { ask, loadSplit, task, tasks, type CommonsenseTask } from '@lomap/commonsense';
import { inCi, needs, required } from '../needs/needs.ts';
import { askHarness, dataFolder, HARNESS, missingData, missingHarness, type Asked } from './harness.ts';

const ROWS = 200;
const factsFile = new URL('texts.json', import.meta.url);

interface Facts {
  readonly questions: number;
  readonly pairs: number;
  readonly sha256: string;
}

/** What a task's questions come to, without their texts. */
function facts(asked: readonly Asked[]): Facts {
  const hash = createHash('sha256');
  for (const { index, gold, pairs, lengths } of asked)
    hash.update(`${JSON.stringify([index, gold, pairs, lengths])}\n`);
  return { questions: asked.length, pairs: asked.flatMap(({ pairs }) => pairs).length, sha256: hash.digest('hex') };
}

/** The same questions by our own rules. */
async function own(of: CommonsenseTask, folder: string): Promise<Asked[]> {
  return (await loadSplit(of, folder, 'test')).slice(0, ROWS).map((question) => {
    const asked = ask('cloze', of, question);
    if (asked.kind !== 'choice') throw new Error('expected a choice');
    return {
      task: of.harness,
      index: question.index,
      gold: asked.candidates.findIndex(({ label }) => label === question.labels[question.answer]),
      pairs: asked.candidates.map(({ context, continuation }) => [context, continuation] as const),
      lengths: asked.candidates.map(({ characters }) => characters),
    };
  });
}

const here = tasks.filter(({ name }) => name !== 'hellaswag');
const missing = missingHarness();

needs(missingData, inCi).test('200 questions of each test have the hash of what the harness asks', async () => {
  const { harness, ...expected } = JSON.parse(readFileSync(factsFile, 'utf8')) as { harness: string };
  expect(harness).toBe(HARNESS);
  const found = await Promise.all(here.map(async (of) => [of.name, facts(await own(of, dataFolder))] as const));
  expect(Object.fromEntries(found)).toEqual(expected);
});

needs(missingData ?? missing, missingData === null ? required('lm-eval') : inCi).test(
  'the harness asks the same, question by question',
  async () => {
    const asked = askHarness(dataFolder, ROWS);
    for (const of of here) {
      const theirs = asked.filter(({ task }) => task === of.harness);
      expect(theirs).toHaveLength(ROWS);
      expect(await own(of, dataFolder)).toEqual(theirs);
    }
    if (process.env['LOMAP_WRITE']) {
      const found = here.map((of) => [of.name, facts(asked.filter(({ task }) => task === of.harness))]);
      writeFileSync(factsFile, `${JSON.stringify({ harness: HARNESS, ...Object.fromEntries(found) }, null, 2)}\n`);
    }
  },
);

/** HellaSwag's shapes in sentences of our own: marks of WikiHow, two spaces, a title in the middle, letters beyond ASCII. */
const hellaswag = [
  ['Gardening: [header] How to grow beans [title] Dig a bed. [step] Make it  deep.', '[step] Water  it.', 'Sing.'],
  ['Baking: A cook stands at a table. The cook', 'kneads dough [substeps] twice.', ' naïve 🥐 [title] Rest'],
  ['Travel:  [header] How to pack [title] Fold [title] Roll', '[title] Close the lid. [title] Sit on it.', 'a ] b [ c'],
  ['Rowing: Two people row. they', '', '[step]'],
].map(([context, first, second], i) => ({
  instruction:
    `Please choose the correct ending to complete the given sentence: ${context!}\n\nEnding1: ${first!} Ending2: ${second!} ` +
    'Ending3: x Ending4: y\n\nAnswer format: ending1/ending2/ending3/ending4',
  input: '',
  output: `the correct answer is ending${i + 1}`,
  answer: `ending${i + 1}`,
}));

needs(missing, required('lm-eval')).test('HellaSwag, on sentences of our own', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lomap-hellaswag-'));
  try {
    mkdirSync(join(folder, 'hellaswag'));
    writeFileSync(join(folder, 'hellaswag/test.json'), JSON.stringify(hellaswag));
    expect(await own(task('hellaswag'), folder)).toEqual(askHarness(folder, ROWS));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
