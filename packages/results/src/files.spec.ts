import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { transformFile } from '@swc/core';
import { needs } from '../../../test/needs/needs.ts';
import { writeFileWhole } from './files.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lomap-files-'));
});
afterEach(() => rm(directory, { recursive: true }));

test('replaces a file and leaves nothing beside it', async () => {
  const file = join(directory, 'new', 'file.txt');
  await writeFileWhole(file, 'old');
  await writeFileWhole(file, Buffer.from('new'));
  expect(await readFile(file, 'utf8')).toBe('new');
  expect(await readdir(join(directory, 'new'))).toEqual(['file.txt']);
});

// A limit on the size of files stands in for a full disk: both cut a write(2) short before they fail the next one.
const onPosix = needs(process.platform === 'win32' ? 'no POSIX limits on Windows' : null);
onPosix.test('a write cut short in the middle is a failure that keeps the old file', async () => {
  const program = await builtProgram();
  const file = join(directory, 'data', 'file.txt');
  await writeFileWhole(file, 'old');
  await writeFile(
    join(program, 'main.mjs'),
    `import { writeFileWhole } from './files.mjs';
     await writeFileWhole(process.argv[2], 'x'.repeat(1e6)).catch((error) => console.log(error.message));`,
  );
  const command = 'ulimit -f 64 && exec "$0" "$@"';
  const said = await run('bash', ['-c', command, process.execPath, join(program, 'main.mjs'), file]);
  expect(said).toMatch(/file\.txt: cannot be written: the file would be larger than the system allows/);
  expect(await readFile(file, 'utf8')).toBe('old');
  expect(await readdir(join(directory, 'data'))).toEqual(['file.txt']);
});

test('a process that exits in the middle keeps the old file and leaves nothing beside it', async () => {
  const program = await builtProgram();
  const file = join(directory, 'data', 'file.txt');
  await writeFileWhole(file, 'old');
  await writeFile(
    join(program, 'main.mjs'),
    `import { readdirSync } from 'node:fs';
     import { dirname } from 'node:path';
     import { writeFileWhole } from './files.mjs';
     const file = process.argv[2];
     void writeFileWhole(file, 'x'.repeat(1e8));
     const look = () => (readdirSync(dirname(file)).length > 1 ? process.exit(3) : setImmediate(look));
     process.on('exit', (code) => console.log(code));
     look();`,
  );
  await expect(run(process.execPath, [join(program, 'main.mjs'), file])).rejects.toThrow(/Command failed/);
  expect(await readFile(file, 'utf8')).toBe('old');
  expect(await readdir(join(directory, 'data'))).toEqual(['file.txt']);
});

/** A folder with `files.mjs` and what it needs, for a process of its own. */
async function builtProgram(): Promise<string> {
  const program = join(directory, 'program');
  for (const name of ['error', 'files']) {
    const source = join(import.meta.dirname, `${name}.ts`);
    const { code } = await transformFile(source, { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } });
    await writeFileWhole(
      join(program, `${name}.mjs`),
      code.replaceAll(/'(\.\/\w+)\.ts'|"(\.\/\w+)\.ts"/g, "'$1$2.mjs'"),
    );
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
