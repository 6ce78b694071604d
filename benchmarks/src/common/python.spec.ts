import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect } from '@jest/globals';
import { needs } from '../../../test/needs/needs.ts';
import { findPython } from './python.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lomap-python-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** A stand-in whose every run ends with this exit code; returns its folder. */
function python(name: string, exitCode: number): string {
  const folder = join(directory, name);
  mkdirSync(folder);
  writeFileSync(join(folder, 'python3'), `#!/bin/sh\nexit ${exitCode}\n`);
  chmodSync(join(folder, 'python3'), 0o755);
  return folder;
}

const posix = needs(process.platform === 'win32' ? 'no shell scripts on Windows' : null);

posix.test('a python3 without the packages does not hide one that has them', () => {
  const path = [python('bare', 9), join(directory, 'nowhere'), python('full', 0)].join(delimiter);
  expect(findPython({ PATH: path })).toEqual({ command: join(directory, 'full', 'python3') });
});

posix.test('PYTHON is taken at its word', () => {
  const full = python('full', 0);
  const bare = join(python('bare', 9), 'python3');
  expect(findPython({ PATH: full, PYTHON: bare })).toEqual({
    missing: expect.stringContaining(`PYTHON=${bare} lacks`),
  });
  expect(findPython({ PATH: python('other', 9) })).toEqual({
    missing: expect.stringContaining('No python3 on the PATH'),
  });
  expect(findPython({ PYTHON: bare }, ['jax'])).toEqual({ missing: expect.stringContaining('pip install jax,') });
  expect(findPython({ PATH: '' })).toEqual({ missing: expect.stringContaining('pip install torch transformers peft') });
});
