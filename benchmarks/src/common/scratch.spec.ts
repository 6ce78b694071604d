import { existsSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { withScratch } from './scratch.ts';

test('the folder is there while it is used, and gone after success and failure', async () => {
  let seen = '';
  const use = (directory: string): boolean => existsSync((seen = directory));
  expect(await withScratch((directory) => Promise.resolve(use(directory)))).toBe(true);
  expect(existsSync(seen)).toBe(false);
  await expect(withScratch((directory) => Promise.reject(new Error(String(use(directory)))))).rejects.toThrow('true');
  expect(existsSync(seen)).toBe(false);
});

test('a signal takes the folder with it; without one in use nothing listens', async () => {
  const before = process.listenerCount('SIGTERM');
  const codes: number[] = [];
  const exit = (code: number): void => void codes.push(code);
  await withScratch(async (directory) => {
    expect(process.listenerCount('SIGTERM')).toBe(before + 1);
    process.emit('SIGTERM', 'SIGTERM');
    expect(existsSync(directory)).toBe(false);
  }, exit);
  expect(codes).toEqual([143]);
  expect(process.listenerCount('SIGTERM')).toBe(before);
});
