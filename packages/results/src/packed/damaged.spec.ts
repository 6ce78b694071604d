/** Packed files are untrusted: whatever is wrong with one is an error that names it, its line and what to do. */
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readResults } from '../reader.ts';
import { readPredictions } from '../read-predictions.ts';
import { gunzip } from './bytes.ts';
import { fakeTrials, writeFolders } from './fake-folder.ts';
import { packSweep } from './pack.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lomap-damaged-'));
  await writeFolders(directory, fakeTrials());
  await packSweep(directory);
});
afterEach(() => rm(directory, { recursive: true }));

const REMEDY = 'Restore the file from where it came (git restore -- ';

/** What reading finds; a damaged sweep gives no packed trial at all. */
async function problem(): Promise<string> {
  const { results, problems, packedProblem } = await readResults(directory);
  expect(results).toEqual([]);
  expect(problems).toEqual([packedProblem]);
  expect(packedProblem).toContain(REMEDY);
  await expect(packSweep(directory)).rejects.toThrow(packedProblem!);
  return packedProblem!.replaceAll(`${directory}/`, '');
}

const fileOf = (name: string): string => join(directory, name);
type Json = Record<string, unknown>;

async function sweepFile(
  change: (sweep: Json & { files: Record<string, Json>; settings: Json }) => void,
): Promise<void> {
  const sweep = JSON.parse(await readFile(fileOf('sweep.json'), 'utf8')) as Parameters<typeof change>[0];
  change(sweep);
  await writeFile(fileOf('sweep.json'), JSON.stringify(sweep));
}

/** Writes a file and its hash: somebody who edits carefully. */
async function replace(name: string, content: string): Promise<void> {
  const bytes = name.endsWith('.gz') ? gzipSync(content) : Buffer.from(content);
  await writeFile(fileOf(name), bytes);
  await sweepFile(({ files }) => (files[name]!['sha256'] = createHash('sha256').update(bytes).digest('hex')));
}

async function edit(name: string, change: (lines: string[]) => string[]): Promise<void> {
  const bytes = await readFile(fileOf(name));
  const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
  await replace(name, `${change(text.trimEnd().split('\n')).join('\n')}\n`);
}

/** Changes one value of the second trial's line. */
const value = (name: string, from: RegExp | string, to: string): Promise<void> =>
  edit(name, (lines) => lines.map((line, i) => (i === 1 ? line.replace(from, to) : line)));

test('it is whole before it is damaged', async () => {
  const { results, problems, packedProblem } = await readResults(directory);
  expect([results.length, problems, packedProblem]).toEqual([4, [], null]);
});

describe('a file that is not the one sweep.json describes', () => {
  test.each(['trials.jsonl', 'details.jsonl.gz', 'predictions.csv.gz'])('%s is missing', async (name) => {
    await rm(fileOf(name));
    expect(await problem()).toMatch(`${name}: there is no such file, but sweep.json names it.`);
  });

  test('without sweep.json', async () => {
    await rm(fileOf('sweep.json'));
    expect(await problem()).toMatch('trials.jsonl: there is no sweep.json beside it.');
  });

  test('a score was edited', async () => {
    const text = await readFile(fileOf('trials.jsonl'), 'utf8');
    await writeFile(fileOf('trials.jsonl'), text.replace('"score":0.3333333333333333', '"score":0.9'));
    expect(await problem()).toMatch(
      /^trials\.jsonl: its SHA-256 is [0-9a-f]{64}, not [0-9a-f]{64} as in sweep\.json\./,
    );
  });

  test('predictions of another hash, which nobody has to unpack to find out', async () => {
    await writeFile(fileOf('predictions.csv.gz'), gzipSync('task,split,index,label\n'));
    expect(await problem()).toMatch(/^predictions\.csv\.gz: its SHA-256 is/);
    await expect(readPredictions(directory, [])).rejects.toThrow(/predictions\.csv\.gz: its SHA-256 is/);
  });

  test('cut off in the middle of a line, or of a gzip stream', async () => {
    const whole = await readFile(fileOf('trials.jsonl'));
    await writeFile(fileOf('trials.jsonl'), whole.subarray(0, whole.lastIndexOf(10, -2) + 50));
    expect(await problem()).toMatch('trials.jsonl:4: the last line is cut off.');
    await writeFile(fileOf('trials.jsonl'), whole.subarray(0, whole.lastIndexOf(10, -2) + 1));
    expect(await problem()).toMatch('trials.jsonl: 3 lines, where sweep.json counts 4 trials.');
    await writeFile(fileOf('trials.jsonl'), whole);
    await truncate(fileOf('details.jsonl.gz'), 200);
    expect(await problem()).toMatch('details.jsonl.gz: is not a whole gzip file.');
  });

  test('not UTF-8, and not JSON', async () => {
    await writeFile(fileOf('trials.jsonl'), Buffer.from([0xff, 0xfe, 0x0a]));
    expect(await problem()).toMatch('trials.jsonl: is not UTF-8.');
    await writeFile(fileOf('sweep.json'), '{"version": 1');
    expect(await problem()).toMatch('sweep.json: not JSON: ');
  });
});

test('a file that would unpack to more than the bound is not unpacked', () => {
  const bomb = gzipSync(Buffer.alloc(1e6));
  expect(bomb.length).toBeLessThan(2000);
  expect(() => gunzip(bomb, 'details.jsonl.gz', 999_999)).toThrow(
    'details.jsonl.gz: unpacks to more than 999999 bytes.',
  );
  expect(gunzip(bomb, 'details.jsonl.gz', 1e6)).toHaveLength(1e6);
});

test('a file larger than any honest one is not read', async () => {
  await truncate(fileOf('trials.jsonl'), 2 ** 31);
  expect(await problem()).toMatch('trials.jsonl: 2147483648 bytes; a packed file has at most 268435456.');
});

describe('sweep.json', () => {
  test.each([
    ['version', 'sweep.json: version: expected 1, found 2: it needs another version of LoMAP.'],
    ['schemaVersion', 'sweep.json: schemaVersion: expected 1, found 2: it needs another version of LoMAP.'],
  ])('of an unknown %s', async (key, message) => {
    await sweepFile((sweep) => (sweep[key] = 2));
    expect(await problem()).toMatch(message);
  });

  test.each<[string, (sweep: Json & { files: Json; settings: Json }) => void, RegExp]>([
    ['an unknown key', (sweep) => (sweep['more'] = 1), /^sweep\.json: .*"more"/],
    [
      'an unknown file',
      ({ files }) => (files['../other'] = { bytes: 1, sha256: '0'.repeat(64) }),
      /^sweep\.json: files: .*other/,
    ],
    [
      'no hash',
      ({ files }) => (files['trials.jsonl'] = { bytes: 1, sha256: '' }),
      /^sweep\.json: files\.trials\.jsonl\.sha256/,
    ],
    ['no settings', (sweep) => Reflect.deleteProperty(sweep, 'settings'), /^sweep\.json: settings: /],
    ['no provenance', (sweep) => (sweep['provenance'] = []), /^trials\.jsonl:1: provenance: expected a number below 0/],
    [
      'fewer methods',
      ({ settings }) => (settings['method'] = []),
      /^trials\.jsonl:1: settings\.method: expected a number below 0/,
    ],
    [
      'another method',
      ({ settings }) => (settings['method'] = settings['training']),
      /^trials\.jsonl:1: trial\.settings\.method\./,
    ],
  ])('with %s', async (_, change, message) => {
    await sweepFile(change);
    expect(await problem()).toMatch(message);
  });
});

describe('a line', () => {
  test.each([
    [
      'of another seed',
      'trials.jsonl',
      '"seed":2',
      '"seed":3',
      /^trials\.jsonl:2: trial\.id: expected [0-9a-f]{64}, the id of its settings/,
    ],
    [
      'of a word for a number',
      'trials.jsonl',
      '"steps":250',
      '"steps":"many"',
      /^trials\.jsonl:2: trial\.steps: .*number/,
    ],
    [
      'with something more',
      'trials.jsonl',
      '"notes":',
      '"surprise":1,"notes":',
      /^trials\.jsonl:2: trial: .*"surprise"/,
    ],
    ['without a score', 'trials.jsonl', /"score":[^,]*,/, '', /^trials\.jsonl:2: trial\.primary\.value: /],
    [
      'of a trial that failed',
      'trials.jsonl',
      '"complete"',
      '"failed"',
      /^trials\.jsonl:2: status: expected "complete", found "failed"/,
    ],
    [
      'of a number that is no entry',
      'trials.jsonl',
      '"provenance":0',
      '"provenance":-1',
      /^trials\.jsonl:2: provenance: expected a number below/,
    ],
    [
      'of a name of every object',
      'trials.jsonl',
      '"method":0',
      '"method":"__proto__"',
      /^trials\.jsonl:2: settings\.method: expected a number/,
    ],
    ['that is no object', 'trials.jsonl', /.*/, '[]', /^trials\.jsonl:2: expected an object/],
    ['that is not JSON', 'trials.jsonl', '}', '', /^trials\.jsonl:2: not JSON: /],
    ['of details that are not JSON', 'details.jsonl.gz', '{', '', /^details\.jsonl\.gz:2: not JSON: /],
    [
      'of another trial’s details',
      'details.jsonl.gz',
      /"id":"../,
      '"id":"zz',
      /^trials\.jsonl:2: id: the details in this line's place/,
    ],
    [
      'of curves of half a step',
      'details.jsonl.gz',
      '"every":3',
      '"every":0.5',
      /^trials\.jsonl:2: curves: expected .*every/,
    ],
    [
      'of curves of no step',
      'details.jsonl.gz',
      '"every":3',
      '"every":0',
      /^trials\.jsonl:2: curves: expected .*every/,
    ],
    [
      'of curves that are words',
      'details.jsonl.gz',
      '"loss":[',
      '"loss":["a",',
      /^trials\.jsonl:2: trial\.curves\.loss\.0: /,
    ],
    [
      'of columns of two lengths',
      'details.jsonl.gz',
      '"step":[1,2]',
      '"step":[1]',
      /^trials\.jsonl:2: geometry\.points\.step: 1 values/,
    ],
  ])('%s', async (_, name, from, to, message) => {
    await value(name, from, to);
    expect(await problem()).toMatch(message);
  });

  test('twice, or out of order', async () => {
    for (const name of ['trials.jsonl', 'details.jsonl.gz'])
      await edit(name, (lines) => [lines[0]!, lines[0]!, ...lines.slice(2)]);
    expect(await problem()).toMatch(/^trials\.jsonl:2: id: the same trial as in line 1\./);
    for (const name of ['trials.jsonl', 'details.jsonl.gz'])
      await edit(name, (lines) => [lines[2]!, lines[0]!, ...lines.slice(2)]);
    expect(await problem()).toMatch(/^trials\.jsonl:2: cola-lora-s1-\w+ does not come after stsb-head-s1-/);
  });
});

test('a folder beside damaged files is read all the same', async () => {
  await rm(fileOf('details.jsonl.gz'));
  await writeFolders(directory, fakeTrials().slice(0, 1));
  const { results, problems } = await readResults(directory);
  expect([results.length, problems.length]).toEqual([1, 1]);
});
