import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ABOUT_FILE, NOTHING_ABOUT, readAbout, writeAbout, type About } from './about.ts';
import { fakeResult } from './testing.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lomap-about-'));
});
afterEach(() => rm(directory, { recursive: true }));

const { settings } = fakeResult({ purpose: 'search', seed: 101 }).trial;
const about: About = {
  schemaVersion: 1,
  question: ['training.epochs'],
  diverged: [{ purpose: 'search', settings, error: 'the loss is NaN' }],
};

test('reads back, and is no file where there is nothing to say', async () => {
  expect(await readAbout(directory)).toEqual(NOTHING_ABOUT);
  await writeAbout(directory, about);
  expect(await readAbout(directory)).toEqual(about);
  await writeAbout(directory, NOTHING_ABOUT);
  expect(await readdir(directory)).toEqual([]);
});

test.each([
  ['', /about\.json: it is empty/],
  ['{"schemaVersion": 2, "question": [], "diverged": []}', /schemaVersion/],
  ['{"schemaVersion": 1, "question": "x", "diverged": []}', /question/],
  ['{"schemaVersion": 1, "question": [], "diverged": [{"purpose": "main"}]}', /diverged\.0/],
])('%j is refused by file and key', async (text, message) => {
  await writeFile(join(directory, ABOUT_FILE), text);
  await expect(readAbout(directory)).rejects.toThrow(message);
});
