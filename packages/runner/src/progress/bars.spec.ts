import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { planMain } from '../plan/plan.ts';
import { fakeIdentity, fakeSweep, failure } from '../testing/fakes.ts';
import { fakeTerminal } from '../testing/terminal.ts';
import type { Outcome } from '../sweep/outcome.ts';
import { barProgress } from './bars.ts';
import { describeOutcome } from './describe.ts';
import { liveBars } from './live-bars.ts';
import { paint } from './style.ts';

const trials = planMain(fakeSweep({ seeds: [1, 2, 3] }), fakeIdentity, new Map());
const outcomes: readonly Outcome[] = [
  { type: 'complete', metric: 'accuracy', score: 0.75, selectionScore: 0.5 },
  failure(`a long reason, ${'and more of it, '.repeat(8)}to the end`),
  { type: 'interrupted' },
];
const colors = paint(false);
const place = { kind: 'local', id: '7', host: 'here' };

describe.each([40, 80, 200])('on a terminal of %i columns', (columns) => {
  test.each([10, 40])('of %i rows every line is there once, whole, and nothing else remains', async (rows) => {
    const terminal = fakeTerminal(columns, rows);
    const progress = barProgress(terminal.stream, colors);
    const expected = ['before the bars', 'mrpc head s1: a note'];
    progress.message('before the bars');
    progress.begin({ total: trials.length, done: 0, jobs: 2 });
    progress.trialReported(planMain(fakeSweep({ tasks: ['mrpc'] }), fakeIdentity, new Map())[0]!, {
      type: 'note',
      text: 'a note',
    });
    for (let first = 0; first < trials.length; first += 2) {
      const pair = trials.slice(first, first + 2);
      for (const trial of pair) progress.trialStarted(trial, 1, place);
      for (const trial of pair) progress.trialReported(trial, { type: 'activity', doing: 'compiling' });
      for (const trial of pair) progress.trialReported(trial, { type: 'step', step: 5, steps: 9, loss: 1.25 });
      // As long as a frame: the bars are drawn by a timer too.
      await sleep(first % 4 === 0 ? 120 : 0);
      for (const [i, trial] of pair.entries()) {
        const outcome = outcomes[(first / 2 + i) % outcomes.length]!;
        progress.trialEnded(trial, outcome, 3);
        expected.push(describeOutcome(trial, outcome, 3, colors));
      }
    }
    progress.end();
    progress.message('after the bars');
    expect(await terminal.lines()).toEqual([...expected, 'after the bars']);
  });
});

test('while trials run there is a bar for each, cut at the width, and one for the sweep', async () => {
  const terminal = fakeTerminal(60, 20);
  const progress = barProgress(terminal.stream, colors);
  progress.begin({ total: 8, done: 1, jobs: 2 });
  for (const trial of trials.slice(0, 2)) progress.trialStarted(trial, 1, place);
  progress.trialReported(trials[0]!, { type: 'step', step: 5, steps: 10, loss: 0.5 });
  progress.trialReported(trials[1]!, { type: 'activity', doing: 'scoring dev', done: 512, total: 40_430 });
  progress.message('a line');
  const lines = await terminal.lines();
  progress.end();
  expect(lines).toEqual([
    'a line',
    expect.stringMatching(/^\S{20} 1\/8 trials *$/),
    expect.stringMatching(/^\S{20} 5\/10 rte head s1 loss 0\.5000$/),
    expect.stringMatching(/^\S{20} 512\/40430 rte lora s1 scoring dev$/),
  ]);
});

test('more bars than the terminal has lines leave no remains', async () => {
  const terminal = fakeTerminal(80, 6);
  const bars = liveBars(terminal.stream, '{bar} {name}');
  const added = Array.from({ length: 9 }, (_, i) => bars.add(1, 0, { name: `bar ${i}` }));
  bars.log('first');
  expect(added.map((bar) => bar !== null)).toEqual(added.map((_, i) => i < 4));
  for (const bar of added) if (bar) bars.remove(bar);
  bars.log('last');
  bars.end();
  expect(await terminal.lines()).toEqual(['first', 'last']);
});
