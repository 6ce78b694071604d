import { mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { systemCode } from '../errors.ts';
import { makeFolder } from './make-folder.ts';

const folder = mkdtempSync(join(tmpdir(), 'lomap-make-folder-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function codeOf(path: string): string | null {
  try {
    makeFolder(path);
    return null;
  } catch (error) {
    return systemCode(error);
  }
}

test('makes what is missing, and is content with what is there', () => {
  const path = join(folder, 'a', 'b', 'c');
  makeFolder(path);
  makeFolder(path);
  expect(statSync(path).isDirectory()).toBe(true);
});

test('a file, a folder below a file and a link to nothing are errors, and /proc ends', () => {
  writeFileSync(join(folder, 'file'), '');
  symlinkSync(join(folder, 'nowhere'), join(folder, 'link'));
  const codes = [join(folder, 'file'), join(folder, 'file', 'x'), join(folder, 'link'), '/proc/lomap/x'].map(codeOf);
  expect(codes.slice(0, 3)).toEqual(['ENOTDIR', 'ENOTDIR', 'EEXIST']);
  expect(codes[3]).toMatch(/^(ENOENT|EACCES)$/);
});
