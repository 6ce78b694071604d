import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { codeOf, failureOf, reasonOf } from './system-error.ts';

test.each([
  ['ENOSPC', 'no space is left on the device. Free some space and run again; nothing already finished is lost.'],
  ['EACCES', 'permission denied. Change the permissions or choose another folder.'],
  ['EROFS', 'the file system is read-only. Choose another folder.'],
])('%s is explained, with a remedy', (code, said) => {
  expect(failureOf(Object.assign(new Error('no'), { code }))).toBe(said);
});

test('what a real file operation throws', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lomap-system-error-'));
  const [missing, directory] = await Promise.all(
    [join(folder, 'none'), folder].map((path) => readFile(path).catch((error: unknown) => error)),
  );
  expect([codeOf(missing), reasonOf(missing)]).toEqual(['ENOENT', 'there is no such file']);
  expect([codeOf(directory), reasonOf(directory)]).toEqual(['EISDIR', 'it is a folder, not a file']);
  await rm(folder, { recursive: true });
});

test('any other error says what it says itself, and any other value is a text', () => {
  expect([reasonOf(new Error('It broke.')), failureOf(new Error('It broke.'))]).toEqual(['It broke.', 'It broke.']);
  expect([failureOf('it broke'), reasonOf(null), reasonOf({}), codeOf({ code: 7 })]).toEqual([
    ...['it broke.', 'null', 'no reason was given', ''],
  ]);
});
