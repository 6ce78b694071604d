import { appendFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from '@jest/globals';
import { openJournal, readJournal } from './journal.ts';
import { foldJournal, trialStatus } from './states.ts';

let path: string;
beforeEach(() => {
  path = join(mkdtempSync(join(tmpdir(), 'lomap-journal-')), 'journal.jsonl');
});

const trial = { type: 'trial', id: 'a', folder: 'f', attempt: 1 } as const;

function write(...states: ('running' | 'complete' | 'failed' | 'interrupted')[]): void {
  const journal = openJournal(path);
  for (const state of states)
    journal.append({
      ...trial,
      state,
      ...(state === 'running' && { pid: 1 }),
      ...(state === 'failed' && { error: 'e' }),
    });
  journal.close();
}

test('a torn last line is skipped by readers and cut off by the next writer', () => {
  write('running');
  const whole = readFileSync(path, 'utf8');
  for (const torn of ['{', whole.slice(0, -1), whole.slice(0, 20)]) {
    writeFileSync(path, whole);
    appendFileSync(path, torn);
    expect(readJournal(path)).toHaveLength(1);
    write('complete');
    expect(readJournal(path).map((event) => event.type === 'trial' && event.state)).toEqual(['running', 'complete']);
  }
});

test('a journal that is all torn is empty, and one that is not there too', () => {
  expect(readJournal(path)).toEqual([]);
  writeFileSync(path, '{"type":"tri');
  write('running');
  expect(readJournal(path)).toHaveLength(1);
});

test('a bad line in the middle is an error that names it', () => {
  write('running');
  appendFileSync(path, 'nonsense\n');
  write('complete');
  expect(() => readJournal(path)).toThrow(`${path}:2 is not an event`);
});

test('states follow the journal, the results on disk and whether the runner lives', () => {
  write('running');
  const running = foldJournal(readJournal(path));
  expect(trialStatus('a', running, new Set(), true)).toMatchObject({ state: 'running', attempts: 1, pid: 1 });
  expect(trialStatus('a', running, new Set(), false).state).toBe('interrupted');
  expect(trialStatus('a', running, new Set(['a']), false).state).toBe('complete');
  expect(trialStatus('b', running, new Set(), false)).toMatchObject({ state: 'waiting', attempts: 0 });
  write('failed');
  expect(trialStatus('a', foldJournal(readJournal(path)), new Set(), false)).toMatchObject({
    state: 'failed',
    error: 'e',
  });
  write('complete');
  // Its result was deleted: the trial is to be run again.
  expect(trialStatus('a', foldJournal(readJournal(path)), new Set(), false).state).toBe('waiting');
});
