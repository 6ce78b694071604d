import { readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { withLock } from './lock.ts';
import { removeFolder, temporaryFolder } from './testing/fixtures.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await temporaryFolder();
  file = join(folder, 'deep', 'x.lock');
});
afterEach(() => removeFolder(folder));

/** A lock as another process leaves it. */
async function leave(pid: number, host: string, age = 0): Promise<void> {
  await withLock(file, undefined, async () => undefined);
  await writeFile(file, JSON.stringify({ pid, host, id: 'other' }));
  const then = new Date(Date.now() - age);
  await utimes(file, then, then);
}

/** No process has it: Linux's largest is 2²² . */
const NOBODY = 2 ** 22 + 1;

test('one at a time, and nothing stays', async () => {
  let inside = 0;
  let most = 0;
  const work = async () => {
    most = Math.max(most, ++inside);
    await sleep(5);
    inside--;
  };
  await Promise.all(Array.from({ length: 4 }, () => withLock(file, undefined, work)));
  expect(most).toBe(1);
  expect(await readdir(join(folder, 'deep'))).toEqual([]);
});

test('an error frees it', async () => {
  const failing = withLock(file, undefined, () => Promise.reject(new Error('no')));
  await expect(failing).rejects.toThrow('no');
  expect(await withLock(file, undefined, async () => 7)).toBe(7);
});

test('that of a dead process of this machine is taken over, by one of many', async () => {
  await leave(NOBODY, hostname());
  let inside = 0;
  const work = async () => {
    expect(++inside).toBe(1);
    await sleep(2);
    inside--;
  };
  await Promise.all([1, 2, 3].map(() => withLock(file, undefined, work)));
  expect(await readdir(join(folder, 'deep'))).toEqual([]);
});

test('that of a living process, or of another machine, is waited for until it is old', async () => {
  for (const [pid, host] of [
    [process.pid, hostname()],
    [NOBODY, 'another'],
  ] as const) {
    await leave(pid, host);
    const controller = new AbortController();
    const waiting = withLock(file, controller.signal, async () => 'taken');
    await sleep(50);
    controller.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow();
    expect(await readFile(file, 'utf8')).toContain('other');
    await leaveOlder();
    expect(await withLock(file, undefined, async () => 'taken')).toBe('taken');
  }
});

async function leaveOlder(): Promise<void> {
  const then = new Date(Date.now() - 60_000);
  await utimes(file, then, then);
}
