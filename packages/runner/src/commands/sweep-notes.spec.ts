import { expect, test } from '@jest/globals';
import { fakeSweep } from '../testing/fakes.ts';
import { sweepNotes } from './sweep-notes.ts';

const none = { baseScope: 'none', deltaScope: 'none' };

test('each is said once, by the labels that it is about, whatever the number of tasks', () => {
  const sweep = fakeSweep({
    methods: [
      'head',
      'lora',
      'lomap',
      { label: 'r4', name: 'lomap', rank: 4 },
      { label: 'control', name: 'lomap', map: { ...none, epsilon: 1 } },
    ],
  });
  expect(sweep.tasks.length).toBeGreaterThan(1);
  expect(sweepNotes(sweep)).toEqual([
    'lomap, r4: loraAlpha has no effect, since the update is divided by its norm.',
    'control: epsilon has no effect: nothing is divided by a norm, both scopes being none.',
  ]);
});

test('what a task alone changes is said too', () => {
  const sweep = fakeSweep({ methods: ['lomap'], tasksOverrides: { mrpc: { training: { maxGradNorm: null } } } });
  expect(sweepNotes(sweep)).toEqual([
    expect.stringMatching(/^lomap: loraAlpha/),
    expect.stringMatching(/^lomap: start paper without gradient clipping/),
  ]);
});
