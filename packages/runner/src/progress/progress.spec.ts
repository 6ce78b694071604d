import { expect, test } from '@jest/globals';
import { planMain } from '../plan/plan.ts';
import { fakeIdentity, fakeSweep, failure } from '../testing/fakes.ts';
import { plainProgress } from './plain.ts';
import { formatDuration, formatScore, paint, usesColor } from './style.ts';
import { textTable } from './table.ts';

test('NO_COLOR wins over FORCE_COLOR, which wins over the terminal', () => {
  expect(usesColor(true, { NO_COLOR: '1', FORCE_COLOR: 'true' })).toBe(false);
  expect(usesColor(false, { FORCE_COLOR: 'true' })).toBe(true);
  expect(usesColor(true, { FORCE_COLOR: '0' })).toBe(false);
  expect(usesColor(true, { NO_COLOR: '' })).toBe(true);
  expect(usesColor(false, {})).toBe(false);
});

test('the FORCE_COLOR that Nx gives its tasks puts no colours into a log; the user’s own does', () => {
  const task = { NX_TASK_TARGET_PROJECT: 'experiments' };
  expect(usesColor(false, { ...task, FORCE_COLOR: 'true' })).toBe(false);
  expect(usesColor(true, { ...task, FORCE_COLOR: 'true' })).toBe(true);
  expect(usesColor(true, { ...task, FORCE_COLOR: 'true', NO_COLOR: '1' })).toBe(false);
  expect(usesColor(false, { ...task, FORCE_COLOR: '1' })).toBe(true);
  expect(usesColor(true, { ...task, FORCE_COLOR: '0' })).toBe(false);
});

test('without a terminal every event is one plain line', () => {
  const lines: string[] = [];
  const progress = plainProgress(
    (line) => lines.push(line),
    paint(false),
    () => new Date(2000, 0, 1, 12, 3, 4),
  );
  const trial = planMain(fakeSweep(), fakeIdentity, new Map())[0]!;
  progress.begin({ total: 8, done: 1, jobs: 2 });
  progress.trialStarted(trial, 2, { kind: 'local', id: '7', host: 'here' });
  progress.trialStarted(trial, 1, { kind: 'slurm', id: '4711_3', host: 'node7' });
  progress.trialReported(trial, { type: 'step', step: 1, steps: 2, loss: 1 });
  progress.trialReported(trial, { type: 'epoch', epoch: 1, metric: 'accuracy', score: 0.75 });
  progress.trialEnded(trial, { type: 'complete', metric: 'accuracy', score: -0.02, selectionScore: 0.5 }, 61);
  progress.trialEnded(
    trial,
    { type: 'complete', metric: 'accuracy', score: 0.5, selectionScore: 0.5, collapsed: true },
    1,
  );
  progress.trialEnded(trial, failure('broken'), 1);
  progress.end();
  expect(lines).toEqual([
    '12:03:04 8 trials, 1 finished before, 2 at a time.',
    '12:03:04 started     rte head s1 (attempt 2)',
    '12:03:04 started     rte head s1 in slurm 4711_3 on node7',
    '12:03:04 epoch 1     rte head s1: accuracy .750 on selection',
    '12:03:04 complete    rte head s1: accuracy -.020 on dev in 1 min 01 s [2/8]',
    '12:03:04 complete    rte head s1: accuracy .500 on dev, collapsed: its predictions hardly vary, in 1 s [3/8]',
    '12:03:04 failed      rte head s1: broken in 1 s [3/8]',
  ]);
});

test('durations, scores and tables', () => {
  expect([0.4, 59.6, 3599, 3600, 7620].map(formatDuration)).toEqual([
    '0 s',
    '1 min 00 s',
    '59 min 59 s',
    '1 h 00 min',
    '2 h 07 min',
  ]);
  expect([0.6531, 1, 0, null].map(formatScore)).toEqual(['.653', '1.000', '.000', 'none']);
  expect(textTable(['a', 'bb'], [['ccc', '']])).toBe('a    bb\nccc');
});
