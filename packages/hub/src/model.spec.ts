import { lstat, mkdir, readdir, readFile, readlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { downloadModel } from './model.ts';
import type { DownloadOptions, DownloadProgress } from './options.ts';
import {
  COMMIT,
  MODEL,
  model,
  modelFiles,
  noise,
  removeFolder,
  settingsFor,
  temporaryFolder,
} from './testing/fixtures.ts';
import { gitHash, type HubServer, sha256, startHubServer } from './testing/hub-server.ts';

let server: HubServer;
let cacheDirectory: string;
beforeEach(async () => {
  server = await startHubServer();
  server.repositories.set(`models/${MODEL}`, model());
  cacheDirectory = await temporaryFolder();
});
afterEach(async () => {
  await server.close();
  await removeFolder(cacheDirectory);
});

const download = (changes: Partial<DownloadOptions> = {}) =>
  downloadModel({ repository: `${MODEL}@${COMMIT}`, cacheDirectory, settings: settingsFor(server), ...changes });
const wanted = ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'vocab.txt', 'model.safetensors'] as const;
const folder = () => join(cacheDirectory, 'models--org--tiny-bert');
/** What was sent of the weights, by the start of each request. */
const ranges = () => server.requests.filter(({ host }) => host === 'cdn').map(({ range }) => range ?? 'all');

describe('downloadModel', () => {
  test('fetches what a checkpoint needs into the layout of huggingface_hub', async () => {
    const result = await download();
    expect(result).toEqual({
      directory: join(folder(), 'snapshots', COMMIT),
      repository: MODEL,
      revision: COMMIT,
      files: wanted.map((path) => ({
        path,
        sha256: sha256(modelFiles[path]),
        bytes: Buffer.byteLength(modelFiles[path]),
      })),
    });
    for (const path of wanted) {
      const bytes = Buffer.from(modelFiles[path]);
      expect((await readFile(join(result.directory, path))).equals(bytes)).toBe(true);
      const hash = path.endsWith('.safetensors') ? sha256(bytes) : gitHash(bytes);
      expect(await readlink(join(result.directory, path))).toBe(join('..', '..', 'blobs', hash));
    }
    expect((await readdir(join(folder(), 'blobs'))).length).toBe(wanted.length);
    expect(await readdir(join(folder(), '.no_exist', COMMIT))).toEqual(['special_tokens_map.json']);
    expect(await readdir(join(cacheDirectory, '.locks', 'models--org--tiny-bert'))).toEqual([]);
  });

  test('asks nothing when a commit is in the cache, also with HF_HUB_OFFLINE', async () => {
    const first = await download();
    server.requests.length = 0;
    const progress: DownloadProgress[] = [];
    expect(await download({ onProgress: (one) => progress.push(one) })).toEqual(first);
    expect(await download({ settings: settingsFor(server, { offline: true }) })).toEqual(first);
    expect(server.requests).toEqual([]);
    expect(progress.map(({ file, cached, fileNumber, fileCount }) => [file, cached, fileNumber, fileCount])).toEqual(
      wanted.map((path, i) => [path, true, i + 1, 5]),
    );
  });

  test('a branch is looked up each time, remembered, and good for when the hub is away', async () => {
    const result = await download({ repository: `${MODEL}@refs/pr/1` });
    expect(result.revision).toBe(COMMIT);
    expect(await readFile(join(folder(), 'refs', 'refs', 'pr', '1'), 'utf8')).toBe(COMMIT);
    const newer = 'c0ffee0000000000000000000000000000000002';
    const files = { ...modelFiles, 'config.json': '{ "changed": true }' };
    server.repositories.set(`models/${MODEL}`, model({ commit: newer, files }));
    server.requests.length = 0;
    const next = await download({ repository: MODEL, revision: 'refs/pr/1' });
    expect(next.revision).toBe(newer);
    expect(ranges()).toEqual([]); // The weights are the same blob.
    expect(await readFile(join(next.directory, 'config.json'), 'utf8')).toContain('changed');
    await server.close();
    expect(await download({ repository: `${MODEL}@refs/pr/1` })).toEqual(next);
  });

  test('a cache that Python filled is used: links, copies, and what is not there', async () => {
    const directory = join(folder(), 'snapshots', COMMIT);
    await mkdir(directory, { recursive: true });
    for (const path of wanted) await writeFile(join(directory, path), modelFiles[path]);
    const result = await download();
    expect(result.files.map(({ path }) => path)).toEqual(wanted);
    expect(server.requests.map(({ path }) => path.split('?')[0])).toEqual([`/api/models/${MODEL}/tree/${COMMIT}`]);
    expect((await lstat(join(directory, 'config.json'))).isSymbolicLink()).toBe(false);
    server.requests.length = 0;
    await download();
    expect(server.requests).toEqual([]);
  });

  test('progress: bytes so far of bytes in all', async () => {
    const progress: DownloadProgress[] = [];
    await download({ onProgress: (one) => progress.push(one) });
    const own = progress.filter(({ file }) => file === 'model.safetensors');
    expect(own[0]).toMatchObject({
      received: 0,
      total: 300_000,
      resumed: 0,
      cached: false,
      fileNumber: 5,
    });
    expect(own.at(-1)).toMatchObject({ received: 300_000, fileCount: 5, repository: MODEL });
    expect(own.every((one, i) => i === 0 || one.received > own[i - 1]!.received)).toBe(true);
  });

  test('an endpoint with a slash at its end, and below a path', async () => {
    const { hubSettings } = await import('./settings.ts');
    const { endpoint } = hubSettings({ HF_ENDPOINT: `${server.url}//` });
    await download({ settings: settingsFor(server, { endpoint }) });
    expect(server.requests[0]!.path).toMatch(/^\/api\/models\//);
  });

  test('a checkpoint in several files: the index and what it names', async () => {
    const { 'model.safetensors': one, ...others } = modelFiles;
    const name = (i: number) => `model-0000${i}-of-00002.safetensors`;
    const index = JSON.stringify({ weight_map: { a: name(2), b: name(1), c: name(2) } });
    const files = {
      ...others,
      'model.safetensors.index.json': index,
      [name(1)]: one,
      [name(2)]: 'two',
      'x.safetensors': '',
    };
    server.repositories.set(`models/${MODEL}`, model({ files }));
    const paths = async () => (await download()).files.map(({ path }) => path);
    const expected = [...wanted.slice(0, 4), 'model.safetensors.index.json', name(1), name(2)];
    expect(await paths()).toEqual(expected);
    server.requests.length = 0;
    expect(await paths()).toEqual(expected);
    expect(server.requests).toEqual([]);
  });

  test.each([
    ['{ "weight_map": { "a": "../../../evil.safetensors" } }', 'found "../../../evil.safetensors"'],
    ['{ "weight_map": { "a": "/etc/passwd" } }', 'found "/etc/passwd"'],
    ['{ "weight_map": {} }', 'found nothing'],
    ['{', 'model.safetensors.index.json: not JSON: line 1, column 2'],
    [
      '{ "weight_map": { "a": "1.safetensors",\n"a": "2.safetensors" } }',
      'the key weight_map.a occurs twice, on line 1 and',
    ],
    ['{ "weight_map": { "a": "absent.safetensors" } }', 'names a file that it does not have: absent.safetensors'],
  ])('an index that is not one: %s', async (index, message) => {
    const { 'model.safetensors': _, ...others } = modelFiles;
    const files = { ...others, 'model.safetensors.index.json': index };
    server.repositories.set(`models/${MODEL}`, model({ files }));
    await expect(download()).rejects.toThrow(message);
  });

  test('model.safetensors goes first; what an index beside it names is not fetched', async () => {
    const index = JSON.stringify({ weight_map: { a: 'absent.safetensors' } });
    server.repositories.set(
      `models/${MODEL}`,
      model({ files: { ...modelFiles, 'model.safetensors.index.json': index } }),
    );
    expect((await download()).files.map(({ path }) => path)).toEqual(wanted);
  });

  test('a transfer of one of several files that is cut goes on from there, and other bytes are deleted', async () => {
    const { 'model.safetensors': one, ...others } = modelFiles;
    const name = (i: number) => `model-0000${i}-of-00002.safetensors`;
    const index = JSON.stringify({ weight_map: { a: name(1), b: name(2) } });
    const files = { ...others, 'model.safetensors.index.json': index, [name(1)]: one, [name(2)]: 'two' };
    server.repositories.set(`models/${MODEL}`, model({ files }));
    server.faults.push({ at: 'cdn', cutAfter: 100_000 });
    expect((await download()).files.at(-2)).toMatchObject({ path: name(1), bytes: 300_000 });
    expect(ranges()).toEqual(['all', 'bytes=100000-', 'all']);
    await expect(download({ sha256: { [name(1)]: '0'.repeat(64) } })).rejects.toThrow(name(1));
  });
});

test('spm.model is fetched where there is no tokenizer.json, and not beside one', async () => {
  const { 'tokenizer.json': json, ...rest } = modelFiles;
  server.repositories.set(`models/${MODEL}`, model({ files: { ...rest, 'spm.model': noise(500) } }));
  const names = async () => (await download()).files.map(({ path }) => path);
  expect(await names()).toEqual(wanted.map((path) => (path === 'tokenizer.json' ? 'spm.model' : path)));
  expect(await names()).toContain('spm.model'); // from the cache
  await removeFolder(cacheDirectory);
  server.repositories.set(
    `models/${MODEL}`,
    model({ files: { ...rest, 'tokenizer.json': json, 'spm.model': noise(500) } }),
  );
  expect(await names()).toEqual([...wanted]);
});
