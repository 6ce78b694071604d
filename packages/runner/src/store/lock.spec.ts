import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { acquireLock, lockHolder } from './lock.ts';

const folder = (): string => mkdtempSync(join(tmpdir(), 'lomap-lock-'));
const never = (): void => {
  throw new Error('The lock was lost.');
};

test('a second runner is told who holds the sweep', async () => {
  const work = folder();
  expect(lockHolder(work)).toBeNull();
  const release = await acquireLock(work, never);
  expect(lockHolder(work)).toMatchObject({ pid: process.pid, host: hostname() });
  await expect(acquireLock(work, never)).rejects.toThrow(`process ${process.pid} on ${hostname()}`);
  await release();
  expect(lockHolder(work)).toBeNull();
  await (
    await acquireLock(work, never)
  )();
});

test('the lock of a process that was killed is taken over at once', async () => {
  const work = folder();
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  mkdirSync(join(work, 'lock'));
  writeFileSync(join(work, 'holder.json'), JSON.stringify({ pid, host: hostname(), startedAt: 'then' }));
  expect(lockHolder(work)).toBeNull();
  const release = await acquireLock(work, never);
  expect(lockHolder(work)?.pid).toBe(process.pid);
  await release();
});

test('a lock of another machine is respected', async () => {
  const work = folder();
  mkdirSync(join(work, 'lock'));
  writeFileSync(join(work, 'holder.json'), JSON.stringify({ pid: 1, host: 'elsewhere', startedAt: 'then' }));
  await expect(acquireLock(work, never)).rejects.toThrow('process 1 on elsewhere since then');
});
