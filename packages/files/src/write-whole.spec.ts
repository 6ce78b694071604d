import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { transformFile } from '@swc/core';
import { needs } from '../../../test/needs/needs.ts';
import { replaceFile, writeWhole } from './write-whole.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lomap-files-'));
});
afterEach(() => rm(directory, { recursive: true }));

test('replaces a file and leaves nothing beside it', async () => {
  const file = join(directory, 'new', 'file.txt');
  await writeWhole(file, 'old');
  await writeWhole(file, Buffer.from('new'));
  expect(await readFile(file, 'utf8')).toBe('new');
  expect(await readdir(join(directory, 'new'))).toEqual(['file.txt']);
});

test('writes parts one after another, and none of them where one cannot be made', async () => {
  const file = join(directory, 'parts.bin');
  const parts = ['a', 'bc'].map((text) => Buffer.from(text));
  await writeWhole(file, parts);
  expect(await readFile(file, 'utf8')).toBe('abc');
  function* broken(): Generator<Uint8Array> {
    yield parts[1]!;
    throw new Error('no more');
  }
  await expect(writeWhole(file, broken())).rejects.toThrow('no more');
  expect(await readFile(file, 'utf8')).toBe('abc');
  expect(await readdir(directory)).toEqual(['parts.bin']);
});

test('a temporary file of a name of its own is written over', async () => {
  const file = join(directory, 'file.txt');
  await writeFile(`${file}.partial`, 'what a killed process left');
  await writeWhole(file, 'whole', `${file}.partial`);
  expect(await readFile(file, 'utf8')).toBe('whole');
  expect(await readdir(directory)).toEqual(['file.txt']);
});

test('what is made under another name may be a link', async () => {
  const [file, target] = [join(directory, 'link'), join(directory, 'target')];
  await writeFile(target, 'text');
  for (let times = 0; times < 2; times++) await replaceFile(file, (temporary) => symlink(target, temporary));
  expect(await readlink(file)).toBe(target);
  expect((await readdir(directory)).sort()).toEqual(['link', 'target']);
});

// A limit on the size of files stands in for a full disk: both cut a write(2) short before they fail the next one.
const onPosix = needs(process.platform === 'win32' ? 'no POSIX limits on Windows' : null);
onPosix.test('a write cut short in the middle is a failure that keeps the old file', async () => {
  const program = await builtProgram();
  const file = join(directory, 'data', 'file.txt');
  await writeWhole(file, 'old');
  await writeFile(
    join(program, 'main.mjs'),
    `import { failureOf } from './system-error.mjs';
     import { writeWhole } from './write-whole.mjs';
     await writeWhole(process.argv[2], 'x'.repeat(1e6)).catch((error) => console.log(failureOf(error)));`,
  );
  const command = 'ulimit -f 64 && exec "$0" "$@"';
  const said = await run('bash', ['-c', command, process.execPath, join(program, 'main.mjs'), file]);
  expect(said).toMatch(/^the file would be larger than the system allows\./);
  expect(await readFile(file, 'utf8')).toBe('old');
  expect(await readdir(join(directory, 'data'))).toEqual(['file.txt']);
});

test('a process that exits in the middle keeps the old file and leaves nothing beside it', async () => {
  const program = await builtProgram();
  const file = join(directory, 'data', 'file.txt');
  await writeWhole(file, 'old');
  await writeFile(
    join(program, 'main.mjs'),
    `import { readdirSync } from 'node:fs';
     import { dirname } from 'node:path';
     import { writeWhole } from './write-whole.mjs';
     const file = process.argv[2];
     void writeWhole(file, 'x'.repeat(1e8));
     const look = () => (readdirSync(dirname(file)).length > 1 ? process.exit(3) : setImmediate(look));
     process.on('exit', (code) => console.log(code));
     look();`,
  );
  await expect(run(process.execPath, [join(program, 'main.mjs'), file])).rejects.toThrow(/Command failed/);
  expect(await readFile(file, 'utf8')).toBe('old');
  expect(await readdir(join(directory, 'data'))).toEqual(['file.txt']);
});

/** A folder with `write-whole.mjs` and `system-error.mjs`, for a process of its own. */
async function builtProgram(): Promise<string> {
  const program = join(directory, 'program');
  for (const name of ['system-error', 'write-whole']) {
    const source = join(import.meta.dirname, `${name}.ts`);
    const { code } = await transformFile(source, { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } });
    await writeWhole(join(program, `${name}.mjs`), code);
  }
  return program;
}

function run(command: string, args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(command, args, { env: { PATH: process.env['PATH'] } }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${error.message}\n${stderr}`));
    });
  });
}
