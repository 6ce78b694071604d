/** An executor from outside the packages, named by a site's file: the same trials, the same bytes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readResults } from '@lomap/results';
import { openWorker, type Assignment } from '@lomap/runner';
import { trialBytes } from '../sweep/outputs.ts';
import { beside, tinyFile, tinySweep, type TinySweep } from './tiny-sweep.ts';

let tiny: TinySweep;
let config: string;
beforeAll(async () => {
  tiny = await tinySweep();
  config = tiny.write('tiny.json', {
    ...{ ...tinyFile, name: 'tiny', methods: ['lora', 'lomap'] },
    search: { task: 'mrpc', seeds: [101], learningRates: [1e-3, 1e-2] },
  });
});
afterAll(() => tiny.remove());

const site = (executor: object): string =>
  tiny.write('site.json', { plugins: [beside('toy-executor.mjs')], executor: { name: 'toy', ...executor } });

test('runs a whole sweep to the bytes that local processes give', async () => {
  const local = await tiny.run(config, 'local', '--jobs', '2');
  expect(local).toMatchObject({ code: 0 });
  const toy = await tiny.run(config, 'toy', '--site', site({ greeting: 'Good morning' }));
  expect(toy).toMatchObject({ code: 0 });
  expect(toy.stderr).toContain('8 trials, 0 finished before, 1 at a time.');
  expect(toy.stderr).toMatch(/started {5}mrpc lora s101 .*in toy \d+ on /);
  expect(trialBytes(tiny.out('toy'))).toEqual(trialBytes(tiny.out('local')));

  const [one, ...more] = (await readResults(tiny.out('toy'))).results;
  for (const { measured } of more) expect(measured.pid).toBe(one!.measured.pid);
  const { folder } = JSON.parse(
    readFileSync(join(tiny.out('toy'), '.work', 'journal.jsonl'), 'utf8').split('\n')[1]!,
  ) as {
    folder: string;
  };
  expect(readFileSync(join(tiny.out('toy'), '.work', folder, 'log.txt'), 'utf8')).toContain(`Good morning, ${folder}`);

  // The site's executor is not asked where the flag names another; what is finished is finished.
  const again = await tiny.run(config, 'toy', '--site', site({}), '--executor', 'local');
  expect(again).toMatchObject({ code: 0 });
  expect(again.stderr).toContain('8 trials, 8 finished before');
});

test.each([
  ['another name', () => ['--executor', 'slurn'], 'There is no executor "slurn". Known: local.'],
  ['no file', () => ['--site', '/no/such.json'], 'There is no site file /no/such.json.'],
  ['a setting that is missing', () => ['--site', site({})], 'The executor toy cannot be used: its setting "greeting"'],
  [
    'a setting that local has not',
    () => ['--site', tiny.write('own.json', { executor: { name: 'local', partition: 'gpu' } })],
    'The executor local cannot be used: it has no setting "partition"',
  ],
  ['an unknown key', () => ['--site', tiny.write('own.json', { executer: {} })], 'Did you mean "executor"?'],
  [
    'a module that adds a method',
    () => ['--site', tiny.write('own.json', { plugins: [beside('gate.mjs')] })],
    "gate.mjs: it registers the method gate, and a site's plugins register executors alone.",
  ],
])('%s is one clear error', async (_, flags, message) => {
  const refused = await tiny.run(config, 'refused', ...flags());
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain(message);
  expect(refused.stderr).not.toMatch(/^ +at /m);
});

test('a worker that has another model or other data than a trial names says so, and runs nothing', async () => {
  const { trial, provenance } = (await readResults(tiny.out('toy'))).results[0]!;
  const { id, sweep, purpose, settings } = trial;
  const start = { model: join(tiny.folder, 'model'), data: join(tiny.folder, 'glue'), threads: 1, plugins: [] };
  const worker = await openWorker({ ...start, cache: join(tiny.folder, 'cache'), work: tiny.out('worker') });
  const { device: _, modelSha256: _m, dataSha256: _d, ...shared } = provenance;
  const run = (changes: object) => {
    const assignment: Assignment = {
      ...{ id, sweep, purpose, notes: [], attempt: 1, checkpointEverySteps: 1, folder: 'one', provenance: shared },
      settings: { ...settings, ...changes },
    };
    return worker.run(assignment, () => {}, new AbortController().signal);
  };
  expect(await run({ model: { ...settings.model, sha256: '0'.repeat(64) } })).toMatchObject({
    type: 'failed',
    error: { message: expect.stringMatching(/^The model model of this trial has the SHA-256 0{64}, and \S+model has/) },
  });
  expect(await run({ data: { ...settings.data, sha256: '0'.repeat(64) } })).toMatchObject({
    type: 'failed',
    error: { message: expect.stringContaining('The data glue/mrpc of this trial has') },
  });
});
