import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, jest, test } from '@jest/globals';
import { trialFolderName, writeResult } from '@lomap/results';
import { fakeResult } from '@lomap/results/testing';
import { run } from '../cli.ts';
import { acquireLock } from '../store/lock.ts';
import { packCommand, unpackCommand } from './pack.ts';

const PACKED = ['details.jsonl.gz', 'predictions.csv.gz', 'sweep.json', 'trials.jsonl'];
const flags = { keep: false, dryRun: false };
let results: string;
beforeEach(async () => {
  results = mkdtempSync(join(tmpdir(), 'lomap-pack-command-'));
  for (const sweep of ['one', 'two']) {
    for (const seed of [1, 2]) {
      const { trial, ...rest } = fakeResult({ task: 'cola', sweep, seed });
      const folder = join(results, sweep, trialFolderName(trial.settings, trial.id));
      await writeResult(folder, { trial, ...rest }, [{ split: 'dev', index: 0, label: 1, logits: [0.5, seed] }]);
    }
  }
});

const inside = (sweep: string): string[] => readdirSync(join(results, sweep)).sort();

test('packs several sweeps and says how large they are', async () => {
  const said = await packCommand({ sweeps: ['one', 'two'], results, ...flags });
  expect(said.split('\n')).toEqual([
    'Packed one: 2 trials in 4 files, 0.0 MB; 2 folders removed.',
    'Packed two: 2 trials in 4 files, 0.0 MB; 2 folders removed.',
  ]);
  expect([inside('one'), inside('two')]).toEqual([PACKED, PACKED]);
  expect(await packCommand({ sweeps: ['one'], results, ...flags })).toBe(
    'Packed one: 2 trials in 4 files, 0.0 MB (0 new); no folder to remove.',
  );
});

test('the command line takes a list of sweeps and of trials', async () => {
  const log = jest.spyOn(console, 'log').mockImplementation(() => undefined);
  expect(await run(['pack', 'one', 'two', '--results', results])).toBe(0);
  expect([inside('one'), inside('two')]).toEqual([PACKED, PACKED]);
  expect(await run(['unpack', 'one', 'cola-lora-s1', 'cola-lora-s2', '--results', results])).toBe(0);
  log.mockRestore();
  expect(inside('one')).toHaveLength(2 + 4);
});

test('keeps folders, and a dry run changes nothing', async () => {
  expect(await packCommand({ sweeps: ['one'], results, keep: false, dryRun: true })).toBe(
    'Would pack one: 2 trials in 4 files, 0.0 MB; 2 folders to be removed.',
  );
  expect(inside('one')).toHaveLength(2);
  expect(await packCommand({ sweeps: ['one'], results, keep: true, dryRun: false })).toContain('2 folders kept');
  expect(inside('one')).toHaveLength(2 + 4);
});

test('a kept adapter stays where it is, and its trial is packed', async () => {
  const [first] = inside('one');
  mkdirSync(join(results, 'one', first!, 'adapter'));
  expect(await packCommand({ sweeps: ['one'], results, ...flags })).toContain(
    `1 folders stay for what else is in them, such as ${first!}`,
  );
  expect(readdirSync(join(results, 'one', first!))).toEqual(['adapter']);
});

test('unpacks a trial by the beginning of its name or id, and a whole sweep', async () => {
  const folders = inside('one');
  await packCommand({ sweeps: ['one'], results, ...flags });
  const said = await unpackCommand({ sweep: 'one', trials: ['cola-lora-s2'], results, ...flags });
  expect(said).toBe(`Unpacked 1 of one’s trials into ${join(results, 'one')}.`);
  expect(inside('one')).toContain(folders[1]);
  const id = folders[0]!.slice(-8);
  const out = join(results, 'elsewhere');
  await unpackCommand({ sweep: 'one', trials: [id], results, out, ...flags });
  expect(readdirSync(out)).toEqual([folders[0]]);
  expect(await unpackCommand({ sweep: 'one', trials: [], results, ...flags })).toMatch(
    /^Unpacked 1 of one’s trials into .*; 1 had a folder already\. The packed files are removed\.$/,
  );
  expect(inside('one')).toEqual(folders);
});

test('waits for nobody: a sweep that runs is not packed', async () => {
  const work = join(results, 'one', '.work');
  mkdirSync(work);
  const release = await acquireLock(work, () => undefined);
  await expect(packCommand({ sweeps: ['one'], results, ...flags })).rejects.toThrow('This sweep is already running');
  await release();
  await packCommand({ sweeps: ['one'], results, ...flags });
  expect(existsSync(join(results, 'two', '.work'))).toBe(false);
});

test.each([
  [
    () => packCommand({ sweeps: ['three'], results, ...flags }),
    { name: 'UsageError', message: /three: there is no such sweep/ },
  ],
  [
    () => packCommand({ sweeps: ['../one'], results, ...flags }),
    { name: 'UsageError', message: /expected the name of a sweep/ },
  ],
  [
    () => unpackCommand({ sweep: 'one', trials: [], results, ...flags }),
    { name: 'FailureError', message: /nothing is packed/ },
  ],
  [
    () => unpackCommand({ sweep: 'one', trials: ['zz'], results, ...flags }),
    { name: 'UsageError', message: /begins with "zz"/ },
  ],
])('bad usage %#', async (act, { name, message }) => {
  await expect(act()).rejects.toMatchObject({ name, message: expect.stringMatching(message) });
});

test('a damaged sweep is a failure, and the other is not touched', async () => {
  await packCommand({ sweeps: ['one'], results, ...flags });
  writeFileSync(join(results, 'one', 'trials.jsonl'), '{}\n');
  await expect(packCommand({ sweeps: ['one', 'two'], results, ...flags })).rejects.toMatchObject({
    name: 'FailureError',
    message: expect.stringMatching(/trials\.jsonl: 1 lines, where sweep\.json counts 2 trials\. Restore the file/),
  });
  expect(inside('two')).toHaveLength(2);
  rmSync(join(results, 'one'), { recursive: true });
});
