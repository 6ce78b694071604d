import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { pinnedRevision } from './pinned.ts';
import { isCommit, isSafePath, looksLikeRepository, parseRepository } from './repository.ts';
import { hubSettings } from './settings.ts';
import { removeFolder, temporaryFolder } from './testing/fixtures.ts';

let folder: string;
beforeEach(async () => (folder = await temporaryFolder()));
afterEach(() => removeFolder(folder));

describe('names', () => {
  test.each([
    ['org/name', 'org/name', null],
    ['sentence-transformers/all-MiniLM-L6-v2@main', 'sentence-transformers/all-MiniLM-L6-v2', 'main'],
    ['a/b.c_d-e@refs/pr/1', 'a/b.c_d-e', 'refs/pr/1'],
    ['a/b@v1.0+x', 'a/b', 'v1.0+x'],
    ['glue', 'nyu-mll/glue', null],
    ['glue@main', 'nyu-mll/glue', 'main'],
  ])('%s', (text, repository, revision) => {
    expect(parseRepository(text)).toEqual({ repository, revision });
    expect(looksLikeRepository(text)).toBe(true);
  });

  test.each([
    ...['', 'name', 'a/b/c', './a', '../a', '..', '.', '/a', '/a/b', 'a/', '~/a', 'C:\\a', 'C:/a', 'a\\b', 'a//b'],
    ...['a/..', '../..', '-a/b', 'a/b-', 'a/.b', 'a/b--c', 'a/b..c', 'a/b.git', 'a/b c', 'a/b\n', 'ä/b', 'https://x/y'],
    ...[`a/${'b'.repeat(97)}`, 'a/b@', 'a/b@..', 'a/b@a..b', 'a/b@/x', 'a/b@-x', 'a/b@x/', 'a/b@x\n', 'a/b@x.lock'],
    ...['toString', '__proto__', 'models--a--b/c'],
  ])('%j is none', (text) => {
    expect(looksLikeRepository(text)).toBe(false);
    expect(() => parseRepository(text)).toThrow('Expected org/name or org/name@revision');
  });

  test('what exists here is a path', async () => {
    await mkdir(join(folder, 'org', 'name'), { recursive: true });
    const before = process.cwd();
    process.chdir(folder);
    try {
      expect(looksLikeRepository('org/name')).toBe(false);
      expect(looksLikeRepository('org/other')).toBe(true);
    } finally {
      process.chdir(before);
    }
  });

  test.each(['config.json', 'rte/train-00000-of-00001.parquet', 'a/b/c', '.gitattributes', 'a b.txt', 'v1.0+x@y=z'])(
    '%s is safe',
    (path) => expect(isSafePath(path)).toBe(true),
  );
  test.each([
    '',
    '..',
    '.',
    'a/../b',
    '/a',
    'a/',
    'a//b',
    'a\\b',
    'C:x',
    'a\0b',
    'a\nb',
    'x.',
    'x ',
    ' x',
    'é',
    '~',
    'a/~x',
  ])('%j is not', (path) => expect(isSafePath(path)).toBe(false));

  test('what is pinned is well formed', () => {
    for (const pinned of [
      pinnedRevision('model', 'sentence-transformers/all-MiniLM-L6-v2'),
      pinnedRevision('dataset', 'nyu-mll/glue'),
    ]) {
      expect(isCommit(pinned!.revision)).toBe(true);
      expect(Object.keys(pinned!.sha256).every(isSafePath)).toBe(true);
      expect(Object.values(pinned!.sha256).every((hash) => /^[0-9a-f]{64}$/.test(hash))).toBe(true);
    }
    expect(pinnedRevision('model', 'nyu-mll/glue')).toBeNull();
    expect(pinnedRevision('model', 'toString')).toBeNull();
  });
});

describe('settings', () => {
  const from = (environment: NodeJS.ProcessEnv) => hubSettings({ HOME: folder, ...environment });

  test('defaults', () => {
    expect(from({})).toMatchObject({
      ...{ endpoint: 'https://huggingface.co', token: null, tokenSource: null, offline: false, answerTimeout: 10_000 },
      cacheDirectory: join(folder, '.cache', 'huggingface', 'hub'),
    });
  });

  test.each([
    [{ XDG_CACHE_HOME: '/x' }, '/x/huggingface/hub'],
    [{ XDG_CACHE_HOME: '/x', HF_HOME: '/h' }, '/h/hub'],
    [{ HF_HOME: '/h', HF_HUB_CACHE: '/c' }, '/c'],
    [{ HF_HOME: '/h', HUGGINGFACE_HUB_CACHE: '/legacy' }, '/legacy'],
    [{ HF_HOME: '$BASE/${NAME}/$NONE', BASE: '/b', NAME: 'n' }, '/b/n/$NONE/hub'],
    [{ HF_HUB_CACHE: '' }, null],
  ])('cache of %j', (environment, expected) => {
    expect(from(environment).cacheDirectory).toBe(expected ?? join(folder, '.cache', 'huggingface', 'hub'));
  });

  test('a home folder by its sign', () => {
    expect(from({ HF_HOME: '~/hf' }).cacheDirectory).toBe(join(folder, 'hf', 'hub'));
  });

  test('endpoint', () => {
    expect(from({ HF_ENDPOINT: 'https://mirror.example/hf//' }).endpoint).toBe('https://mirror.example/hf');
    for (const bad of ['mirror', 'ftp://x', 'https://user:password@x', 'https://x?y=z']) {
      expect(() => from({ HF_ENDPOINT: bad })).toThrow(/HF_ENDPOINT is .*Expected an address such as/);
    }
  });

  test.each([
    ['1', true],
    ['true', true],
    ['YES', true],
    ['on', true],
    ['0', false],
    ['', false],
    ['no', false],
  ])('HF_HUB_OFFLINE=%s', (value, offline) => {
    expect(from({ HF_HUB_OFFLINE: value }).offline).toBe(offline);
    expect(from({ TRANSFORMERS_OFFLINE: value }).offline).toBe(offline);
  });

  test('timeouts in seconds', () => {
    expect(from({ HF_HUB_DOWNLOAD_TIMEOUT: '30', HF_HUB_ETAG_TIMEOUT: 'soon' })).toMatchObject({
      ...{ transferTimeout: 30_000, answerTimeout: 10_000 },
    });
  });

  test('the token: HF_TOKEN, else the file that logging in writes', async () => {
    const file = join(folder, 'token');
    await writeFile(file, 'hf_file\n');
    expect(from({ HF_HOME: folder })).toMatchObject({ token: 'hf_file', tokenSource: file });
    expect(from({ HF_TOKEN_PATH: file })).toMatchObject({ token: 'hf_file', tokenSource: file });
    expect(from({ HF_HOME: folder, HF_TOKEN: ' hf_own ' })).toMatchObject({ token: 'hf_own', tokenSource: 'HF_TOKEN' });
    expect(from({ HUGGING_FACE_HUB_TOKEN: 'hf_old' }).tokenSource).toBe('HUGGING_FACE_HUB_TOKEN');
    expect(from({ HF_TOKEN: 'hf_own', HF_HUB_DISABLE_IMPLICIT_TOKEN: '1' }).token).toBeNull();
    expect(() => from({ HF_TOKEN: 'hf_a\nX-Evil: 1' })).toThrow(/^HF_TOKEN holds no token: expected one line/);
  });
});
