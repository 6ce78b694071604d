import { expect, test } from '@jest/globals';
import { defaultMapSettings } from '@lomap/map';
import { methodNotes } from './notes.ts';
import { methodDefaults } from './registry.ts';

const lomap = methodDefaults('lomap');

test('the paper start without clipping is warned of; with it only loraAlpha is void', () => {
  expect(methodNotes(lomap, { clipping: false }).join('\n')).toMatch(/without gradient clipping/);
  expect(methodNotes(lomap, { clipping: true })).toEqual([expect.stringMatching(/loraAlpha has no effect/)]);
});

test('where nothing is void nothing is said', () => {
  expect(methodNotes(methodDefaults('dora'), { clipping: false })).toEqual([]);
  const control = { ...lomap, map: { ...defaultMapSettings, baseScope: 'none', deltaScope: 'none' } as const };
  expect(methodNotes(control, { clipping: false })).toEqual([]);
});

test.each([
  ['map+loha', {}, [/map\+loha: loraAlpha has no effect/]],
  ['map+vera', {}, []],
  ['map+delora', {}, [/deloraLambda has no effect/]],
  ['lomap', { useRslora: true }, [/loraAlpha has no effect/, /useRslora has no effect/]],
  ['lomap', { loraPlusRatio: 16 }, [/loraAlpha has no effect/, /loraPlusRatio acts through gradient clipping alone/]],
  ['lora', { useRslora: true, loraPlusRatio: 16 }, []],
])('what a normalising composition makes void is said: %s %j', (name, changes, sentences) => {
  const notes = methodNotes({ ...methodDefaults(name), ...changes }, { clipping: true });
  expect(notes).toEqual(sentences.map((sentence) => expect.stringMatching(sentence)));
});

test('from random A and B LoRA+’s ratio has an effect under MAP', () => {
  const map = { ...defaultMapSettings, start: 'beta-zero' } as const;
  const notes = methodNotes({ ...lomap, loraPlusRatio: 16, map }, { clipping: true });
  expect(notes).toEqual([expect.stringMatching(/loraAlpha has no effect/)]);
});
