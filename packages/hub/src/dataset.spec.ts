import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { downloadDataset, downloadGlue, glueFiles } from './dataset.ts';
import type { DownloadOptions } from './options.ts';
import { COMMIT, failure, model, noise, removeFolder, settingsFor, temporaryFolder } from './testing/fixtures.ts';
import { type HubServer, startHubServer } from './testing/hub-server.ts';

let server: HubServer;
let cacheDirectory: string;
beforeEach(async () => {
  server = await startHubServer();
  cacheDirectory = await temporaryFolder();
});
afterEach(async () => {
  await server.close();
  await removeFolder(cacheDirectory);
});

describe('downloadDataset', () => {
  const glue = () => {
    const names = ['rte/train', 'rte/validation', 'rte/test', 'cola/train', 'cola/validation'];
    const files = Object.fromEntries(names.map((name, i) => [`${name}-00000-of-00001.parquet`, noise(1000 + i)]));
    server.repositories.set('datasets/nyu-mll/glue', model({ files: { ...files, 'README.md': 'card' } }));
  };
  const get = (files: string[], changes: Partial<DownloadOptions> = {}) =>
    downloadDataset({
      ...{ repository: 'glue', revision: 'main', cacheDirectory, settings: settingsFor(server), files },
      ...changes,
    });

  test('only the files of the tasks that are asked for', async () => {
    glue();
    const result = await get(glueFiles(['rte']));
    expect(result.directory).toBe(join(cacheDirectory, 'datasets--nyu-mll--glue', 'snapshots', COMMIT));
    expect(result.files.map(({ path, bytes }) => [path, bytes])).toEqual([
      ['rte/train-00000-of-00001.parquet', 1000],
      ['rte/validation-00000-of-00001.parquet', 1001],
    ]);
    expect((await readdir(result.directory, { recursive: true })).length).toBe(3);
    expect(server.requests.some(({ path }) => path.includes('cola'))).toBe(false);
    server.requests.length = 0;
    await get(glueFiles(['rte']), { revision: COMMIT });
    expect(server.requests).toEqual([]);
    // One more task: only its own files are fetched.
    expect((await get(glueFiles(['rte', 'cola']), { revision: COMMIT })).files).toHaveLength(4);
    expect(server.requests.filter(({ method, path }) => method !== 'HEAD' && path.includes('resolve'))).toHaveLength(2);
  });

  test('by the names of tasks', async () => {
    glue();
    const settings = settingsFor(server);
    const { files } = await downloadGlue({ tasks: ['rte'], repository: 'glue@main', cacheDirectory, settings });
    expect(files.map(({ path }) => path)).toEqual(glueFiles(['rte']));
    // The default is the pinned commit, which this server does not have.
    const error = await failure(downloadGlue({ tasks: ['cola'], cacheDirectory, settings }));
    expect(error.message).toContain(
      'Cannot get cola/train-00000-of-00001.parquet of nyu-mll/glue at bcdcba79d07bc864c1c',
    );
    expect(error.message).toContain('Choose another revision with nyu-mll/glue@revision');
    expect(error.message).toContain('The commit was the default of this version of LoMAP.');
  });

  test('patterns', async () => {
    glue();
    const paths = async (...files: string[]) => (await get(files)).files.map(({ path }) => path);
    expect(await paths('rte/t*.parquet')).toEqual([
      'rte/test-00000-of-00001.parquet',
      'rte/train-00000-of-00001.parquet',
    ]);
    expect(await paths('*.md', 'cola/*')).toHaveLength(3);
  });

  test('a file that the revision does not have', async () => {
    glue();
    const { kind, message } = await failure(get(glueFiles(['wnli'])));
    expect(kind).toBe('missing');
    expect(message).toContain(
      `nyu-mll/glue at ${COMMIT} has no wnli/train-00000-of-00001.parquet. It has no files in that folder`,
    );
    expect(message).toContain('Or give a local copy: --data DIR');
  });

  test.each([[['../x']], [['/etc/passwd']], [['a/../../b']], [['*/train.parquet']], [[]]])(
    'no files: %j',
    async (files) => {
      expect((await failure(get(files))).kind).toBe('usage');
    },
  );

  test('names from the server that lead out of the folder are not written', async () => {
    for (const name of [
      'rte/..',
      'rte/...\\x.parquet',
      'rte/a\nb.parquet',
      'rte/ x',
      'rte/x.',
      `rte/${'x'.repeat(300)}`,
    ]) {
      server.repositories.set('datasets/nyu-mll/glue', model({ files: { 'rte/ok.parquet': 'x' } }));
      const listed = { type: 'file', path: name, size: 1, oid: '0'.repeat(40) };
      server.faults.push({ at: 'api', body: JSON.stringify([listed]) });
      const { kind, message } = await failure(get(['rte/*'], { revision: COMMIT }));
      expect(kind).toBe('server');
      expect(message).toContain('which is not written to this machine');
    }
    expect(await readdir(cacheDirectory)).toEqual([]);
  });

  test('the files of tasks', () => {
    expect(glueFiles(['mnli'])).toEqual([
      'mnli/train-00000-of-00001.parquet',
      'mnli/validation_matched-00000-of-00001.parquet',
      'mnli/validation_mismatched-00000-of-00001.parquet',
    ]);
    expect(() => glueFiles(['rte', 'ax'])).toThrow('GLUE has no task "ax". Its tasks are cola, sst2, mrpc');
  });
});
