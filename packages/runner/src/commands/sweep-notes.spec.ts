import { describe, expect, test } from '@jest/globals';
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

describe('unequal protocols', () => {
  const methodsOverrides = { lora: { training: { epochs: 4, maxTrainSamples: 320 } } };

  test('are said before anything runs, with the way to ask about them', () => {
    expect(sweepNotes(fakeSweep({ methods: ['head', 'lora'], methodsOverrides }))).toEqual([
      'Unequal protocols: training.epochs: 3 in head; 4 in lora.',
      'Unequal protocols: training.maxTrainSamples: all rows in head; 320 in lora.',
      expect.stringMatching(/not compared\. .*"question": \["training\.epochs","training\.maxTrainSamples"\]\.$/),
    ]);
  });

  test('are the sweep’s question where its file says so', () => {
    const question = ['training.epochs', 'training.maxTrainSamples', 'selection.epoch'];
    expect(sweepNotes(fakeSweep({ methods: ['head', 'lora'], methodsOverrides, question }))).toEqual([
      'The sweep asks about training.epochs: 3 in head; 4 in lora.',
      'The sweep asks about training.maxTrainSamples: all rows in head; 320 in lora.',
      'The sweep asks about selection.epoch, in which no two methods differ.',
    ]);
  });

  test('are not what a task asks of all methods, nor the rate of a head that is trained alone', () => {
    const tasksOverrides = { mrpc: { training: { epochs: 9 } } };
    const head = { head: { training: { headLearningRate: null } } };
    const base = { training: { headLearningRate: 1e-3 } };
    expect(sweepNotes(fakeSweep({ tasksOverrides, base, methodsOverrides: head }))).toEqual([]);
  });
});

test('what a task alone changes is said too', () => {
  const sweep = fakeSweep({ methods: ['lomap'], tasksOverrides: { mrpc: { training: { maxGradNorm: null } } } });
  expect(sweepNotes(sweep)).toEqual([
    expect.stringMatching(/^lomap: loraAlpha/),
    expect.stringMatching(/^lomap: start paper without gradient clipping/),
  ]);
});
