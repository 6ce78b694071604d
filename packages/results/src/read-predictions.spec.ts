import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { withDevCollapse } from './dev-collapse.ts';
import { trialFolderName } from './identity.ts';
import type { Prediction } from './predictions.ts';
import { readPredictions } from './read-predictions.ts';
import { fakeResult } from './testing.ts';
import { writeResult } from './writer.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lomap-predictions-'));
});
afterEach(() => rm(directory, { recursive: true }));

const classes: Prediction[] = [
  { split: 'dev_matched', index: 0, label: 2, logits: [Math.fround(0.1), -1] },
  { split: 'dev_mismatched', index: 7, label: 0, logits: [0.25, 3] },
];

describe('readPredictions', () => {
  const result = fakeResult();
  const folder = () => join(directory, trialFolderName(result.trial.settings, result.trial.id));

  test('gives back what was written, by trial', async () => {
    await writeResult(folder(), result, classes);
    const read = (await readPredictions(directory, [result])).get(result.trial.id)!;
    expect(read.map(({ logits, ...rest }) => ({ ...rest, logits: logits.map(Math.fround) }))).toEqual(classes);
    expect(await readPredictions(directory, [fakeResult({ seed: 9 })])).toEqual(new Map());
  });

  test.each([
    ['', /predictions\.csv: Line 1/],
    ['split,index,label\n', /Line 1: expected split,index,label/],
    ['split,index,label,logit_0,logit_2\n', /Line 1/],
    ['split,index,label,prediction\ndev,0,1\n', /Line 2: expected 3 numbers after the split/],
    ['split,index,label,prediction\ndev,0,1,2\ndev,1,1,\n', /Line 3/],
    ['split,index,label,prediction\ndev,0,1,2\ndev,1,1,', /Line 3 is cut off/],
    ['split,index,label,prediction\ndev,0,1,NaN\n', /Line 2/],
    ['split,index,label,prediction\ndev,0.5,1,2\n', /Line 2/],
    ['split,index,label,prediction\n,0,1,2\n', /Line 2/],
  ])('%j is refused', async (text, message) => {
    await writeResult(folder(), result, classes);
    await writeFile(join(folder(), 'predictions.csv'), text);
    await expect(readPredictions(directory, [result])).rejects.toThrow(message);
  });
});

describe('withDevCollapse', () => {
  const folderOf = ({ trial }: ReturnType<typeof fakeResult>) =>
    join(directory, trialFolderName(trial.settings, trial.id));
  const completed = async (result: ReturnType<typeof fakeResult>) =>
    (await withDevCollapse(directory, [result]))[0]!.trial.devCollapsed;

  test('older results learn it from their predictions', async () => {
    const [constant, varied] = [fakeResult({ seed: 1 }), fakeResult({ seed: 2 })];
    const row = (index: number, logits: number[]): Prediction => ({ split: 'dev', index, label: 0, logits });
    await writeResult(folderOf(constant), constant, [row(0, [1, 0]), row(1, [3, 2])]);
    await writeResult(folderOf(varied), varied, [row(0, [1, 0]), row(1, [2, 3])]);
    expect(await completed(constant)).toEqual({ dev: true });
    expect(await completed(varied)).toEqual({ dev: false });
  });

  test('nothing is guessed where there are none, and what a result says stands', async () => {
    const bare = fakeResult();
    expect(await completed(bare)).toBeUndefined();
    await writeResult(folderOf(bare), bare);
    await writeFile(join(folderOf(bare), 'predictions.csv'), 'split,index,label,prediction\ndev,0,');
    expect(await completed(bare)).toBeUndefined();
    expect(await completed(fakeResult({ collapsed: true }))).toEqual({ dev: true });
    expect(await completed(fakeResult({ purpose: 'search' }))).toBeUndefined();
  });
});
