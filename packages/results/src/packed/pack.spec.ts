import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { formatResult } from '../format.ts';
import { trialFolderName } from '../identity.ts';
import { readResults } from '../reader.ts';
import { readPredictions } from '../read-predictions.ts';
import type { TrialResult } from '../schema/result.ts';
import { thinCurves } from './curves.ts';
import { fakePredictions, fakeTrial, fakeTrials, filesIn, writeFolders } from './fake-folder.ts';
import { packSweep } from './pack.ts';
import { unpackSweep } from './unpack.ts';

const PACKED = ['details.jsonl.gz', 'predictions.csv.gz', 'sweep.json', 'trials.jsonl'];
let root: string;
let directory: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'lomap-pack-'));
  directory = join(root, 'sweep');
  await writeFolders(directory, fakeTrials());
  await mkdir(join(directory, 'tables'));
  await writeFile(join(directory, 'tables', 'main.md'), 'a table');
});
afterEach(() => rm(root, { recursive: true }));

const folderOf = ({ trial }: TrialResult): string => trialFolderName(trial.settings, trial.id);
const thinned = (result: TrialResult): TrialResult => ({
  ...result,
  trial: { ...result.trial, curves: thinCurves(result.trial.curves) },
});
const byFolder = (results: readonly TrialResult[]): TrialResult[] =>
  [...results].sort((a, b) => (folderOf(a) < folderOf(b) ? -1 : 1));

describe('packing', () => {
  test('leaves a few files that read back as the folders did, apart from thinned curves', async () => {
    const before = await readResults(directory);
    const predictions = await readPredictions(directory, before.results);
    const packed = await packSweep(directory);
    expect(packed).toMatchObject({ trials: 4, added: 4, left: [] });
    expect(Object.keys(await filesIn(directory))).toEqual([...PACKED.slice(0, 3), 'tables/main.md', 'trials.jsonl']);
    const after = await readResults(directory);
    expect(after.problems).toEqual([]);
    expect(after.results).toEqual(before.results.map(thinned));
    // Equal text, not only equal values: keys have their order too.
    expect(JSON.stringify(after.results)).toBe(JSON.stringify(before.results.map(thinned)));
    expect(await readPredictions(directory, after.results)).toEqual(predictions);
    expect(predictions.size).toBe(3);
  });

  test('a line stands alone', async () => {
    await packSweep(directory);
    const lines = (await filesIn(directory))['trials.jsonl']!.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)[2]).toMatchObject({
      ...{
        sweep: 'fake-sweep',
        task: 'stsb',
        label: 'head',
        method: 'head',
        seed: 1,
        purpose: 'search',
        status: 'complete',
      },
      ...{
        learningRate: 1e-3,
        rank: null,
        metric: 'accuracy',
        score: null,
        selectionScore: -0.2,
        steps: 101,
        seconds: 60,
      },
      ...{
        adapterParameters: 0,
        headParameters: 50,
        notes: ['a note, with a comma', '"quoted"'],
        dev: {},
        provenance: 1,
      },
    });
    expect(lines[0]).toMatch(
      /^\{"id":"[0-9a-f]{64}","sweep":"fake-sweep","task":"cola","label":"lora","method":"lora","seed":1,/,
    );
  });

  test('gives the same bytes whatever was packed first, and again after unpacking', async () => {
    const copy = join(root, 'copy');
    await writeFolders(copy, fakeTrials().slice(2));
    await packSweep(copy);
    await writeFolders(copy, fakeTrials().slice(0, 2));
    expect(await packSweep(copy)).toMatchObject({ trials: 4, added: 2 });
    await packSweep(directory);
    const once = await filesIn(directory);
    expect(await filesIn(copy)).toEqual(
      Object.fromEntries(Object.entries(once).filter(([file]) => PACKED.includes(file))),
    );
    expect(await unpackSweep(directory)).toMatchObject({ removed: true, there: [] });
    expect(Object.keys(await filesIn(directory))).toHaveLength(4 + 3 + 1);
    await packSweep(directory);
    expect(await filesIn(directory)).toEqual(once);
  });

  test('the bytes do not tell when or where they were packed', async () => {
    await packSweep(directory);
    const { 'details.jsonl.gz': bytes } = await filesIn(directory);
    expect([...Buffer.from(bytes!, 'latin1').subarray(4, 10)]).toEqual([0, 0, 0, 0, 2, 255]);
    expect(gunzipSync(Buffer.from(bytes!, 'latin1')).toString()).toMatch(/^\{"curves":/);
  });

  test('a dry run changes nothing, and knows how large the files would be', async () => {
    const before = await filesIn(directory);
    const dry = await packSweep(directory, { dryRun: true });
    expect(await filesIn(directory)).toEqual(before);
    expect((await packSweep(directory)).files).toEqual(dry.files);
  });

  test('keeps folders when asked; both together are read once', async () => {
    await packSweep(directory, { keep: true });
    const { results, problems } = await readResults(directory);
    expect(problems).toEqual([]);
    expect(results).toEqual(byFolder(fakeTrials()).map(thinned));
    expect(await packSweep(directory)).toMatchObject({ added: 0, left: [] });
    expect((await readResults(directory)).results).toEqual(results);
  });

  test('what else lies in a folder stays, and a link is not followed', async () => {
    const [first, second] = byFolder(fakeTrials());
    await mkdir(join(directory, folderOf(first!), 'adapter'));
    await writeFile(join(directory, folderOf(first!), 'adapter', 'weights'), 'w');
    const elsewhere = join(root, 'elsewhere');
    await cp(join(directory, folderOf(second!)), elsewhere, { recursive: true });
    await rm(join(directory, folderOf(second!)), { recursive: true });
    await symlink(elsewhere, join(directory, folderOf(second!)));
    const { left } = await packSweep(directory);
    expect(left).toEqual([folderOf(first!), folderOf(second!)]);
    expect(Object.keys(await filesIn(directory))).toContain(`${folderOf(first!)}/adapter/weights`);
    expect(Object.keys(await filesIn(elsewhere))).toEqual(['predictions.csv', 'result.json']);
    expect((await readResults(directory)).problems).toEqual([]);
  });

  test('refuses a damaged folder, one under another name and no trials, and changes nothing', async () => {
    const [first] = fakeTrials();
    await cp(join(directory, folderOf(first!)), join(directory, 'copy'), { recursive: true });
    const before = await filesIn(directory);
    await expect(packSweep(directory)).rejects.toThrow(
      /copy\/result\.json: the folder of this trial is called cola-lora-s1-/,
    );
    await writeFile(join(directory, 'copy', 'result.json'), '{');
    await expect(packSweep(directory)).rejects.toThrow(/copy\/result\.json: not JSON/);
    await rm(join(directory, 'copy'), { recursive: true });
    await writeFile(join(directory, folderOf(first!), 'predictions.csv'), 'split,index,label,prediction\ndev,0,0,1.');
    await expect(packSweep(directory)).rejects.toThrow(/are not a whole predictions.csv/);
    expect(Object.keys(await filesIn(directory))).toEqual(
      Object.keys(before).filter((file) => !file.startsWith('copy/')),
    );
    await mkdir(join(root, 'empty'));
    await expect(packSweep(join(root, 'empty'))).rejects.toThrow(/empty: no finished trial here to pack/);
  });
});

test('stopped before any step, nothing is lost, and the next run ends with the same bytes', async () => {
  const trials = fakeTrials().slice(0, 2);
  const expected = byFolder(trials).map(thinned);
  const whole = join(root, 'whole');
  await writeFolders(whole, trials);
  await packSweep(whole);
  const wanted = await filesIn(whole);
  const stop = new Error('stopped');
  for (const earlier of [0, 1]) {
    for (let steps = 0, done = false; !done; steps++) {
      const copy = join(root, `stopped-${earlier}-${steps}`);
      if (earlier > 0) {
        await writeFolders(copy, trials.slice(0, earlier));
        await packSweep(copy);
      }
      await writeFolders(copy, trials);
      let left = steps;
      const onStep = (): void => {
        if (left-- === 0) throw stop;
      };
      done = await packSweep(copy, { onStep }).then(
        () => true,
        (error: unknown) => (expect(error).toBe(stop), false),
      );
      const { results, problems } = await readResults(copy);
      expect(problems).toEqual([]);
      expect(results.map(thinned)).toEqual(expected);
      // The second run is stopped as well, one step further on, and the third ends.
      left = 1;
      await packSweep(copy, { onStep }).catch((error: unknown) => expect(error).toBe(stop));
      expect((await readResults(copy)).results.map(thinned)).toEqual(expected);
      await packSweep(copy);
      expect(await filesIn(copy)).toEqual(wanted);
      if (done) expect(steps).toBe(2 + 4 + 2 * 3);
    }
  }
});

describe('a trial both packed and in a folder', () => {
  test('that differs is a problem that names both; the packed one counts', async () => {
    await packSweep(directory, { keep: true });
    const changed = fakeTrials()[1]!;
    changed.measured.pid = 99;
    await writeFolders(directory, [changed]);
    const { results, problems } = await readResults(directory);
    expect(problems).toEqual([
      expect.stringMatching(
        /cola-lora-s2-\w+\/result\.json: not the same as this trial in .*trials\.jsonl:2, which counts: measured\.pid differs/,
      ),
    ]);
    expect(results.map(({ measured }) => measured.pid)).toEqual([1, 1, 1, 1]);
    await expect(packSweep(directory)).rejects.toThrow(/measured\.pid differs/);
    expect(Object.keys(await filesIn(directory))).toHaveLength(4 + 4 + 3 + 1);
  });

  test('whose predictions differ is not removed', async () => {
    await packSweep(directory, { keep: true });
    const folder = folderOf(fakeTrials()[0]!);
    await writeFile(join(directory, folder, 'predictions.csv'), 'split,index,label,prediction\ndev,0,0,1\n');
    await expect(packSweep(directory)).rejects.toThrow(
      /cola-lora-s1-\w+\/predictions\.csv: not the predictions of this trial in .*:1/,
    );
    await expect(unpackSweep(directory)).rejects.toThrow(/predictions\.csv: not the predictions/);
    expect(Object.keys(await filesIn(directory))).toHaveLength(4 + 4 + 3 + 1);
  });
});

describe('unpacking', () => {
  test('gives a trial its bytes back, where its curves were not thinned', async () => {
    const before = await filesIn(directory);
    await packSweep(directory);
    await unpackSweep(directory);
    const after = await filesIn(directory);
    expect(Object.keys(after)).toEqual(Object.keys(before));
    const changed = Object.keys(before).filter((file) => after[file] !== before[file]);
    expect(changed).toEqual([expect.stringMatching(/^cola-lora-s2-/), expect.stringMatching(/^stsb-head-s1-/)]);
    for (const result of fakeTrials().filter(({ trial }) => trial.steps > 100)) {
      expect(after[`${folderOf(result)}/result.json`]).toBe(formatResult(thinned(result)));
    }
  });

  test('of some trials, or to another place, leaves the packed files', async () => {
    await packSweep(directory);
    const packed = await filesIn(directory);
    const out = join(root, 'out');
    const select = ({ folder }: { readonly folder: string }): boolean => folder.startsWith('cola');
    expect(await unpackSweep(directory, { select, dryRun: true })).toMatchObject({ removed: false, there: [] });
    expect(await filesIn(directory)).toEqual(packed);
    const { folders, removed } = await unpackSweep(directory, { select });
    expect([folders.length, removed]).toEqual([2, false]);
    expect(await unpackSweep(directory, { select })).toMatchObject({ folders: [], there: folders });
    expect((await unpackSweep(directory, { out })).removed).toBe(false);
    expect(Object.keys(await filesIn(out))).toHaveLength(4 + 3);
    expect((await readResults(directory)).results).toHaveLength(4);
    expect((await unpackSweep(directory, { keep: true })).folders).toHaveLength(2);
    expect(Object.keys(await filesIn(directory))).toHaveLength(4 + 4 + 3 + 1);
  });

  test('needs a packed sweep', async () => {
    await expect(unpackSweep(directory)).rejects.toThrow(/nothing is packed here \(there is no sweep\.json\)/);
  });
});

test('a search alone has no table of predictions', async () => {
  const alone = join(root, 'alone');
  const trial = fakeTrial({ purpose: 'search' }, 3);
  expect(fakePredictions(trial)).toEqual([]);
  await writeFolders(alone, [trial]);
  await packSweep(alone);
  expect(Object.keys(await filesIn(alone))).toEqual(PACKED.filter((file) => file !== 'predictions.csv.gz'));
  expect(await readPredictions(alone, [trial])).toEqual(new Map());
});
