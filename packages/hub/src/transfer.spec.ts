import { lstat, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { downloadModel } from './model.ts';
import type { DownloadOptions, DownloadProgress } from './options.ts';
import { COMMIT, MODEL, model, modelFiles, removeFolder, settingsFor, temporaryFolder } from './testing/fixtures.ts';
import { type HubServer, sha256, startHubServer } from './testing/hub-server.ts';

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
const folder = () => join(cacheDirectory, 'models--org--tiny-bert');
const weights = modelFiles['model.safetensors'];
const blob = () => join(folder(), 'blobs', sha256(weights));
const expectWeights = async () => expect((await readFile(blob())).equals(weights)).toBe(true);
/** What was sent of the weights, by the start of each request. */
const ranges = () => server.requests.filter(({ host }) => host === 'cdn').map(({ range }) => range ?? 'all');

describe('a transfer that does not go well', () => {
  test('a cut one goes on with the next call, from where it stopped', async () => {
    server.faults.push({ at: 'cdn', cutAfter: 100_000 });
    const once = { attempts: 1, firstDelay: 1, longestDelay: 1 };
    await expect(download({ settings: settingsFor(server, { retries: once }) })).rejects.toThrow(
      /Cannot get model\.safetensors of org\/tiny-bert at c0ffee.*goes on where the transfer stopped/,
    );
    expect((await readFile(`${blob()}.incomplete`)).equals(weights.subarray(0, 100_000))).toBe(true);
    const progress: DownloadProgress[] = [];
    await download({ onProgress: (one) => progress.push(one) });
    expect(ranges()).toEqual(['all', 'bytes=100000-']);
    expect(progress.at(-1)).toMatchObject({ received: 300_000, resumed: 100_000 });
    await expectWeights();
    await expect(lstat(`${blob()}.incomplete`)).rejects.toThrow('ENOENT');
  });

  test('cut, silent and failing, it goes on within the call', async () => {
    server.faults.push(
      { at: 'cdn', cutAfter: 50_000 },
      { at: 'cdn', stallAfter: 50_000 },
      { at: 'cdn', status: 503, headers: { 'retry-after': '0' } },
    );
    await download();
    expect(ranges()).toEqual(['all', 'bytes=50000-', 'bytes=100000-', 'bytes=100000-']);
    await expectWeights();
  });

  test('a server that does not do parts sends it from the start', async () => {
    server.faults.push({ at: 'cdn', cutAfter: 50_000 }, { at: 'cdn', ignoreRange: true });
    await download();
    expect(ranges()).toEqual(['all', 'bytes=50000-']);
    await expectWeights();
  });

  test('a beginning that is longer than the file, or of another file, is thrown away', async () => {
    await mkdir(join(folder(), 'blobs'), { recursive: true });
    await writeFile(`${blob()}.incomplete`, Buffer.alloc(300_001));
    await download();
    await expectWeights();
    await removeFolder(folder());

    await mkdir(join(folder(), 'blobs'), { recursive: true });
    await writeFile(`${blob()}.incomplete`, Buffer.alloc(1000));
    server.requests.length = 0;
    await download();
    expect(ranges()).toEqual(['bytes=1000-', 'all']);
    await expectWeights();
  });

  test('wrong bytes: nothing is kept, the error names file, hashes and remedy', async () => {
    server.faults.push({ at: 'cdn', corrupt: true });
    const error = await download().catch((thrown: unknown) => thrown as Error);
    expect(error).toMatchObject({ name: 'HubError', kind: 'damaged' });
    expect((error as Error).message).toMatch(
      new RegExp(
        `model\\.safetensors did not send what it announced: expected SHA-256 ${sha256(weights)}, found [0-9a-f]{64}`,
      ),
    );
    expect((error as Error).message).toContain('Run the same command again');
    expect((await readdir(join(folder(), 'blobs'))).some((name) => name.startsWith(sha256(weights)))).toBe(false);
    await download();
  });

  test('wrong bytes of a small file, by git hash', async () => {
    server.faults.push({ at: 'resolve', corrupt: true });
    await expect(download()).rejects.toThrow(
      /config\.json did not send what it announced: expected git SHA-1 [0-9a-f]{40}/,
    );
  });

  test('bytes that are not the pinned ones', async () => {
    await expect(download({ sha256: { 'model.safetensors': '0'.repeat(64) } })).rejects.toThrow(
      `expected the pinned SHA-256 ${'0'.repeat(64)}, found ${sha256(weights)}`,
    );
    await download();
    await expect(
      download({ sha256: { 'config.json': '0'.repeat(64) }, settings: settingsFor(server, { offline: true }) }),
    ).rejects.toThrow(/config\.json is damaged: expected the pinned SHA-256/);
  });

  test('a blob damaged in the cache is fetched again, or named where that cannot be', async () => {
    await download();
    const damaged = Buffer.from(weights);
    damaged[5]! ^= 1;
    await writeFile(blob(), damaged);
    const offline = settingsFor(server, { offline: true });
    await expect(download({ settings: offline })).rejects.toThrow(
      /snapshots.*model\.safetensors is damaged: expected SHA-256 .* Or give a local copy: --model DIR/,
    );
    await download();
    await expectWeights();
  });

  test('two at once fetch each file once', async () => {
    const results = await Promise.all([download(), download(), download()]);
    expect(new Set(results.map((result) => JSON.stringify(result))).size).toBe(1);
    expect(ranges()).toEqual(['all']);
    await expectWeights();
  });

  test('the caller ends it; the next call goes on', async () => {
    server.faults.push({ at: 'cdn', stallAfter: 70_000 });
    const controller = new AbortController();
    const reason = new Error('enough');
    const onProgress = ({ received }: DownloadProgress) => {
      if (received >= 70_000) controller.abort(reason);
    };
    const settings = settingsFor(server, { transferTimeout: 60_000 });
    await expect(download({ signal: controller.signal, onProgress, settings })).rejects.toBe(reason);
    await download();
    expect(ranges()).toEqual(['all', 'bytes=70000-']);
  });
});
