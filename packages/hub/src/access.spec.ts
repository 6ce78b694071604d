import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { downloadModel } from './model.ts';
import type { DownloadOptions } from './options.ts';
import type { HubSettings } from './settings.ts';
import {
  COMMIT,
  failure,
  MODEL,
  model,
  modelFiles,
  removeFolder,
  settingsFor,
  temporaryFolder,
} from './testing/fixtures.ts';
import { type HubServer, startHubServer } from './testing/hub-server.ts';

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

const download = (changes: Partial<DownloadOptions> = {}, settings: Partial<HubSettings> = {}) =>
  downloadModel({
    repository: `${MODEL}@${COMMIT}`,
    cacheDirectory,
    settings: settingsFor(server, settings),
    ...changes,
  });

describe('errors name the file, its address, its place, the reason and the remedy', () => {
  const cachePath = () => join(cacheDirectory, 'models--org--tiny-bert', 'snapshots', COMMIT, 'config.json');
  const url = () => `${server.url}/${MODEL}/resolve/${COMMIT}/config.json`;
  const local = 'Or give a local copy: --model DIR, a folder with config.json, model.safetensors';

  test('offline', async () => {
    const { kind, message } = await failure(download({}, { offline: true }));
    expect(kind).toBe('offline');
    expect(message).toContain(
      `Cannot get config.json of ${MODEL} at ${COMMIT}: HF_HUB_OFFLINE is set. Wanted ${url()}, to be kept as ${cachePath()}. Unset`,
    );
    expect(message).toContain(local);
    expect(server.requests).toEqual([]);
  });

  test('offline, with a branch that was never looked up', async () => {
    const { message } = await failure(download({ repository: `${MODEL}@main` }, { offline: true }));
    expect(message).toContain(`Cannot get config.json of ${MODEL} at main: HF_HUB_OFFLINE is set`);
  });

  test('offline, with a part of the files: the first that is missing', async () => {
    await mkdir(join(cachePath(), '..'), { recursive: true });
    for (const path of ['config.json', 'tokenizer.json'] as const) {
      await writeFile(join(cachePath(), '..', path), modelFiles[path]);
    }
    const { message } = await failure(download({}, { offline: true }));
    expect(message).toContain('Cannot get tokenizer_config.json of');
  });

  test('no network: a host that is not known, and one that refuses', async () => {
    const unknown = await failure(download({}, { endpoint: 'http://hub.invalid' }));
    expect(unknown.kind).toBe('network');
    expect(unknown.message).toMatch(/hub\.invalid cannot be reached: its host name .*\((ENOTFOUND|EAI_AGAIN)\)/);
    expect(unknown.message).toContain('set HF_ENDPOINT to a mirror');
    expect(unknown.message).toContain(local);
    await server.close();
    const refused = await failure(download());
    expect(refused.message).toMatch(/127\.0\.0\.1:\d+ cannot be reached: it refused the connection \(ECONNREFUSED\)/);
  });

  test('a hub that does not answer', async () => {
    server.faults.push({ at: 'head', stallAfter: 0 });
    server.faults.push(...Array.from({ length: 3 }, () => ({ at: 'cdn', stallAfter: 0 }) as const));
    const { kind, message } = await failure(download({}, { transferTimeout: 50 }));
    expect(kind).toBe('network');
    expect(message).toMatch(/127\.0\.0\.1:\d+ sent nothing for 0\.05 s/);
  });

  test('no such repository, or a private one', async () => {
    server.repositories.set(`models/${MODEL}`, model({ access: 'private' }));
    for (const repository of ['org/none', MODEL]) {
      const { kind, message } = await failure(download({ repository }));
      expect(kind).toBe('missing');
      expect(message).toContain(`Cannot get config.json of ${repository} at main: the answer was 401`);
      expect(message).toContain(
        `There is no such repository, or it is private or gated: see ${server.url}/${repository}.`,
      );
      expect(message).toContain(
        `set HF_TOKEN to a token of an account that may read it (${server.url}/settings/tokens)`,
      );
    }
    expect((await download({}, { token: 'hf_test' })).files).toHaveLength(5);
  });

  test('a gated repository', async () => {
    server.repositories.set(`models/${MODEL}`, model({ access: 'gated' }));
    const { kind, message } = await failure(download());
    expect(kind).toBe('denied');
    expect(message).toContain('the answer was 403');
    expect(message).toContain(`It is gated: ask for access at ${server.url}/${MODEL}, then set HF_TOKEN`);
  });

  test('a token that is not accepted is not repeated', async () => {
    const { kind, message } = await failure(download({}, { token: 'hf_secret', tokenSource: 'HF_TOKEN' }));
    expect(kind).toBe('denied');
    expect(message).toContain('401: Invalid credentials in Authorization header');
    expect(message).toContain('The token (HF_TOKEN) is not accepted');
    expect(message).not.toContain('secret');
  });

  test('no such revision', async () => {
    for (const revision of ['none', 'f'.repeat(40)]) {
      const { kind, message } = await failure(download({ revision }));
      expect(kind).toBe('missing');
      expect(message).toContain(`Choose another revision with ${MODEL}@revision, for example ${MODEL}@main; `);
      expect(message).toContain(`${server.url}/${MODEL}/commits/main lists them`);
    }
  });

  test('no such file', async () => {
    const { 'tokenizer.json': _, ...files } = modelFiles;
    server.repositories.set(`models/${MODEL}`, model({ files }));
    const { kind, message } = await failure(download());
    expect(kind).toBe('missing');
    expect(message).toContain(
      `${MODEL} at ${COMMIT} has no tokenizer.json. It has .gitattributes, README.md, config.json`,
    );
    expect(message).toContain(local);
  });

  test('weights only as a pickle', async () => {
    const { 'model.safetensors': _, ...files } = modelFiles;
    server.repositories.set(`models/${MODEL}`, model({ files }));
    expect((await failure(download())).message).toContain(
      'has no model.safetensors (only pytorch_model.bin: load it in transformers, use save_pretrained(DIR, safe_serialization=True)',
    );
  });

  test.each([
    ['a page instead of a list', { at: 'api', body: '<html>' }, 'an answer that is not understood'],
    ['a key twice', { at: 'api', body: '{"sha": "a", "sha": "b"}' }, 'the key sha occurs twice'],
    [
      'a list of something else',
      { at: 'api', body: '[{"type":"file","path":7}]' },
      'a file without name, size or hash',
    ],
    [
      'a list without hashes',
      { at: 'api', body: '[{"type":"file","path":"config.json","size":1}]' },
      'without name, size or hash',
    ],
    [
      'a list that goes on elsewhere',
      { at: 'api', body: '[]', headers: { link: '<http://evil.invalid/x>; rel="next"' } },
      'evil.invalid',
    ],
    [
      'a redirection to no address',
      { at: 'head', status: 302, headers: { location: 'file:///etc/passwd' } },
      'a redirection that is not followed',
    ],
    [
      '429 with a long wait',
      { at: 'head', status: 429, headers: { 'retry-after': '7200' } },
      'it asks to come back in 7200 s',
    ],
  ] as const)('%s', async (_, fault, message) => {
    server.faults.push(fault);
    const error = await failure(download());
    expect(error.kind).toBe('server');
    expect(error.message).toContain(message);
  });

  test('headers that contradict the list', async () => {
    server.faults.push(...Array.from({ length: 4 }, () => ({ at: 'head' }) as const));
    server.faults.push({ at: 'head', headers: { 'x-linked-etag': `"${'0'.repeat(64)}"` } });
    expect((await failure(download())).message).toContain(`its own headers say ${'0'.repeat(64)}`);
  });

  test('a cache folder that is a file', async () => {
    await writeFile(join(cacheDirectory, 'file'), '');
    const { kind, message } = await failure(download({ cacheDirectory: join(cacheDirectory, 'file', 'cache') }));
    expect(kind).toBe('disk');
    expect(message).toMatch(
      /The cache folder .*file.cache cannot be used: a part of the path is a file, not a folder \(ENOTDIR\).*choose another folder with HF_HUB_CACHE/,
    );
  });
});

describe('the token', () => {
  test('goes to the endpoint and to no other host', async () => {
    await download({}, { token: server.token });
    const sent = (host: string) => server.requests.filter((request) => request.host === host);
    expect(sent('hub').every(({ authorization }) => authorization === `Bearer ${server.token}`)).toBe(true);
    expect(sent('cdn').map(({ authorization }) => authorization)).toEqual([undefined]);
  });

  test('opens private and gated repositories', async () => {
    for (const access of ['private', 'gated'] as const) {
      server.repositories.set(`models/${MODEL}`, model({ access }));
      expect((await download({}, { token: server.token })).files).toHaveLength(5);
      await removeFolder(join(cacheDirectory, 'models--org--tiny-bert'));
    }
  });
});
