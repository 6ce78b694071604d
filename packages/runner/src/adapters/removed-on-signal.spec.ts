import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, jest, test } from '@jest/globals';
import { endingSignals, signalCode } from '../interruption.ts';
import { removedOnSignal } from './removed-on-signal.ts';

afterEach(() => {
  jest.restoreAllMocks();
});

test.each(endingSignals)('%s takes the folder away and ends', async (name) => {
  const folder = mkdtempSync(join(tmpdir(), 'lomap-partial-'));
  const exit = jest.spyOn(process, 'exit').mockImplementation((() => {}) as typeof process.exit);
  const said = jest.spyOn(console, 'error').mockImplementation(() => {});
  const before = process.listenerCount(name);
  await removedOnSignal(folder, async () => {
    writeFileSync(join(folder, 'half'), '');
    // As the system would: nothing else of this process listens to what it is given here.
    process.listeners(name).at(-1)!(name);
  });
  expect(existsSync(folder)).toBe(false);
  expect(exit).toHaveBeenCalledWith(signalCode(name));
  expect(said).toHaveBeenCalledWith(expect.stringContaining(name));
  expect(process.listenerCount(name)).toBe(before);
});

test('without a signal the folder stays, and what fails is thrown', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lomap-partial-'));
  expect(await removedOnSignal(folder, async () => 3)).toBe(3);
  await expect(removedOnSignal(folder, () => Promise.reject(new Error('full')))).rejects.toThrow('full');
  expect(existsSync(folder)).toBe(true);
  rmSync(folder, { recursive: true });
});
