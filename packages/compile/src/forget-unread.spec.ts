import { readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { forgetUnread } from './forget-unread.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';

const directory = temporaryFolder();

test('graphs that nobody read or wrote for 30 days go', () => {
  const now = Date.UTC(2030, 0, 31, 12);
  const place = (name: string, daysUnread: number, daysUnwritten: number): void => {
    const file = join(directory, name);
    writeFileSync(file, name);
    const before = (days: number): Date => new Date(now - days * 24 * 3600 * 1000);
    utimesSync(file, before(daysUnread), before(daysUnwritten));
  };
  place('old.onnx', 31, 40);
  place('old.json', 31, 31);
  place('read.onnx', 2, 400);
  place('written.json', 400, 29);
  place('weights.bin', 400, 400);
  forgetUnread(directory, now);
  expect(readdirSync(directory).sort()).toEqual(['read.onnx', 'weights.bin', 'written.json']);
});
