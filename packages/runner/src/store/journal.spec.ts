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

const place = { kind: 'slurm', id: '4711_3', host: 'node7' };

function write(...states: ('running' | 'complete' | 'failed' | 'interrupted')[]): void {
  const journal = openJournal(path);
  for (const state of states)
    journal.append({
      ...trial,
      state,
      ...(state === 'running' && { place }),
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
  expect(trialStatus('a', running, new Set(), true)).toMatchObject({ state: 'running', attempts: 1, place });
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

test('a journal that knows no places says where a trial ran by its process and its runner’s machine', () => {
  const journal = openJournal(path);
  journal.append({ type: 'started', pid: 1, host: 'there', command: 'lomap sweep' });
  journal.append({ ...trial, state: 'running', pid: 7 });
  journal.close();
  expect(foldJournal(readJournal(path)).get('a')?.place).toEqual({ kind: 'local', id: '7', host: 'there' });
});
