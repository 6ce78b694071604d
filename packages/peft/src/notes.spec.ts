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
