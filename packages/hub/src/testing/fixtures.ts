/** Repositories, settings and folders for tests. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HubError } from '../error.ts';
import type { HubSettings } from '../settings.ts';
import type { HubServer, ServedRepository } from './hub-server.ts';

export const COMMIT = 'c0ffee0000000000000000000000000000000001';
export const MODEL = 'org/tiny-bert';

/** Bytes that are not the same at any two places. */
export const noise = (length: number) => Buffer.from(Array.from({ length }, (_, i) => (i * 31 + (i >> 8) * 7) & 255));

export const modelFiles = {
  '.gitattributes': '*.safetensors filter=lfs\n',
  'README.md': '# Tiny\n',
  'config.json': '{ "model_type": "bert" }\n',
  'tokenizer.json': '{ "version": "1.0" }\n',
  'tokenizer_config.json': '{}\n',
  'vocab.txt': '[PAD]\n[UNK]\n',
  'model.safetensors': noise(300_000),
  'pytorch_model.bin': noise(1000),
  'onnx/model.onnx': noise(10),
};

export const model = (changes: Partial<ServedRepository> = {}): ServedRepository => ({
  ...{ commit: COMMIT, branches: ['main', 'refs/pr/1'], files: modelFiles },
  ...changes,
});

/** Settings for a server: no waiting to speak of. */
export const settingsFor = (server: Pick<HubServer, 'url'>, changes: Partial<HubSettings> = {}): HubSettings => ({
  ...{ endpoint: server.url, cacheDirectory: '/nowhere', token: null, tokenSource: null, offline: false },
  ...{ answerTimeout: 2000, transferTimeout: 300, retries: { attempts: 3, firstDelay: 1, longestDelay: 1000 } },
  ...changes,
});

export const temporaryFolder = () => mkdtemp(join(tmpdir(), 'lomap-hub-'));
export const removeFolder = (folder: string) => rm(folder, { recursive: true, force: true });

/** The error of a download that must fail. */
export async function failure(promise: Promise<unknown>): Promise<HubError> {
  const error = await promise.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error instanceof HubError) return error;
  throw new Error(`expected a HubError, found ${String(error)}`);
}
