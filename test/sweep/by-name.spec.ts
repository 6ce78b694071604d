/** Model and data by name: the whole command line against a hub on loopback, and the synthetic suite. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { glueTask, loadSplit } from '@lomap/glue';
import { startHubServer, type HubServer } from '@lomap/hub/testing';
import { readResults } from '@lomap/results';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { lomap, type Ended } from './lomap.ts';
import { writeTinyGlue } from './tiny-glue.ts';
import { writeTinyModel } from './tiny-model.ts';

const folder = mkdtempSync(join(tmpdir(), 'lomap-by-name-'));
const model = join(folder, 'model');
let server: HubServer;

beforeAll(async () => {
  server = await startHubServer();
  await writeTinyModel(model);
  const files = ['config.json', 'model.safetensors', 'tokenizer.json', 'tokenizer_config.json'];
  server.repositories.set('models/org/tiny', {
    commit: 'c0ffee0000000000000000000000000000000001',
    branches: ['main'],
    files: Object.fromEntries(files.map((file) => [file, readFileSync(join(model, file))])),
  });
  server.repositories.set('datasets/nyu-mll/glue', {
    commit: 'bcdcba79d07bc864c1c254ccfcedcce55bcc9a8c',
    branches: ['main'],
    files: {
      'rte/train-00000-of-00001.parquet': await parquet('train'),
      'rte/validation-00000-of-00001.parquet': await parquet('dev'),
    },
  });
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Made-up RTE in the hub's layout. */
async function parquet(split: 'train' | 'dev'): Promise<Buffer> {
  const examples = await loadSplit(glueTask('rte'), writeTinyGlue(join(folder, 'glue')), split);
  const column = (name: string, data: string[]) => ({ name, data, type: 'STRING' as const });
  return Buffer.from(
    parquetWriteBuffer({
      columnData: [
        column(
          'sentence1',
          examples.map(({ text }) => text),
        ),
        column(
          'sentence2',
          examples.map(({ pair }) => pair ?? ''),
        ),
        { name: 'label', data: examples.map(({ label }) => BigInt(label)), type: 'INT64' },
        { name: 'idx', data: Int32Array.from(examples, ({ index }) => index), type: 'INT32' },
      ],
    }),
  );
}

const config = join(folder, 'config');
const sweep = (out: string, data: string, modelName: string, home: string, environment: object = {}): Promise<Ended> =>
  lomap(
    [
      ...['sweep', '--config', `${config}.json`, '--model', modelName, '--data', data, '--out', join(folder, out)],
      ...['--jobs', '1', '--threads', '1'],
    ],
    undefined,
    { HF_HOME: join(folder, home), HF_ENDPOINT: server.url, HF_HUB_CACHE: '', HF_TOKEN: '', ...environment },
  );

beforeAll(async () => {
  const { writeFile } = await import('node:fs/promises');
  const base = { training: { batchSize: 8, maxSteps: 3, maxLength: 32 }, method: { rank: 2 } };
  await writeFile(
    `${config}.json`,
    JSON.stringify({ name: 'named', base, tasks: ['rte'], methods: ['lora'], seeds: [1] }),
  );
});

test('a model and GLUE from the hub are downloaded once and give the same trial as local folders', async () => {
  const first = await sweep('hub', 'glue', 'org/tiny', 'home');
  expect(first.stderr).toContain('download    org/tiny: model.safetensors');
  expect(first.code).toBe(0);
  const requests = server.requests.length;
  expect(requests).toBeGreaterThan(0);

  const again = await sweep('again', 'glue', 'org/tiny', 'home', { HF_HUB_OFFLINE: '1' });
  expect(again.code).toBe(0);
  expect(again.stderr).not.toContain('download ');
  expect(server.requests).toHaveLength(requests);

  const local = await sweep('local', join(folder, 'glue'), model, 'home');
  expect(local.code).toBe(0);
  const results = await Promise.all(['hub', 'again', 'local'].map((out) => readResults(join(folder, out))));
  const [hub, cached, fromFolder] = results.map(({ results: [result] }) => result!.trial);
  expect(hub!.settings.model.name).toBe('org/tiny');
  expect(hub!.settings.model.sha256).toBe(fromFolder!.settings.model.sha256);
  expect(cached).toEqual(hub);
  expect(hub!.curves).toEqual(fromFolder!.curves);
  expect(hub!.dev).toEqual(fromFolder!.dev);
});

test.each([
  ['a repository that is not there', 'org/nothing', {}, /org\/nothing/],
  ['no network', 'org/tiny', { HF_ENDPOINT: 'http://127.0.0.1:9' }, /--model DIR/],
  ['offline', 'org/tiny', { HF_HUB_OFFLINE: '1' }, /HF_HUB_OFFLINE[\s\S]*--model DIR/],
])('%s: exit code 1, what was wanted and how to point at a local copy', async (_, name, environment, message) => {
  const { code, stderr, stdout } = await sweep('none', 'synthetic', name, 'empty-home', environment);
  expect(stderr).toMatch(message);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect([code, stdout]).toEqual([1, '']);
});

test('the synthetic suite needs no folder, and says which tasks it has', async () => {
  const { code, stdout } = await sweep('synthetic', 'synthetic', model, 'home');
  expect(code).toBe(0);
  expect(stdout).toMatch(/synthetic/i);
  const { results } = await readResults(join(folder, 'synthetic'));
  expect(results[0]?.trial.settings.data.name).toBe('synthetic-v1/rte');

  const qqp = await lomap([
    'sweep',
    '--config',
    `${config}.json`,
    '--model',
    model,
    '--data',
    'synthetic',
    '--tasks',
    'qqp',
  ]);
  expect([qqp.code, qqp.stderr]).toEqual([2, expect.stringContaining('The synthetic suite has no QQP')]);
});
