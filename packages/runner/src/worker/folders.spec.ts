import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { key } from '@lomap/compile';
import { taskNamed } from '@lomap/data';
import { loadTokenizer, openCheckpoint, specialTokens, writeWordPiece } from '@lomap/models';
import { writeTinyBase } from '../testing/tiny-adapter.ts';
import { checkedFolders, modelSha256 } from './folders.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lomap-folders-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const WRONG = '0'.repeat(64);

/** A worker's check, and settings that name what its folders hold. */
async function checking() {
  const [data, cache] = [join(folder, 'glue'), join(folder, 'cache')];
  for (const task of ['RTE', 'SST-2'])
    for (const split of ['train', 'dev']) {
      mkdirSync(join(data, task), { recursive: true });
      writeFileSync(join(data, task, `${split}.tsv`), `${task} ${split}`);
    }
  const model = await writeTinyBase(join(folder, 'model'));
  await writeWordPiece(model, specialTokens, 16);
  const opened = await openCheckpoint(model, { numLabels: 1, cacheDirectory: cache, headKey: key(0) });
  const sha256 = modelSha256(opened, loadTokenizer(model));
  const previous = {
    ...{ task: 'sst2', dataSha256: await taskNamed('sst2').sha256(data) },
    ...{ learningRate: 1e-3, epochs: 1, maxTrainSamples: null },
  };
  return {
    data,
    check: checkedFolders({ model, data, cache, work: folder, threads: 1, plugins: [] }),
    settings: {
      model: { name: 'tiny', type: 'bert', sha256 },
      ...{ task: 'rte', data: { name: 'glue/rte', sha256: await taskNamed('rte').sha256(data) } },
      forgetting: { maskedLm: null, previous },
    },
  };
}

test('files with the hashes that a trial names are its own, with a task learned before or without', async () => {
  const { check, settings } = await checking();
  await check(settings);
  await check({ ...settings, forgetting: { maskedLm: null, previous: null } });
  await check({ ...settings, forgetting: undefined });
});

test('another model, other data and other data of the task learned before are refused', async () => {
  const { check, settings, data } = await checking();
  const { model, data: own, forgetting } = settings;
  await expect(check({ ...settings, model: { ...model, sha256: WRONG } })).rejects.toThrow('The model tiny of this');
  await expect(check({ ...settings, data: { ...own, sha256: WRONG } })).rejects.toThrow('The data glue/rte of this');
  const previous = { ...forgetting.previous, dataSha256: WRONG };
  await expect(check({ ...settings, forgetting: { ...forgetting, previous } })).rejects.toThrow(
    `The data of sst2, the task learned before, of this trial has the SHA-256 ${WRONG}, and ${data} has ` +
      `${forgetting.previous.dataSha256}: its files have changed since the sweep started`,
  );
});
