import { describe, expect, test } from '@jest/globals';
import { fakeRegistry } from '../testing/fakes.ts';
import { inapplicable, resolveCell } from './resolve.ts';
import { sweepFileSchema } from './sweep-schema.ts';

const resolve = (base: object, entry: { label: string; name: string }) =>
  resolveCell(
    sweepFileSchema.parse({ name: 'fake', tasks: ['rte'], methods: ['lora'], seeds: [1], base: { method: base } }),
    'rte',
    entry,
    fakeRegistry,
  ).method;
const lora = { label: 'lora', name: 'lora' };
const head = { label: 'head', name: 'head' };

describe('settings of single methods', () => {
  test('from the base they reach only the methods that have them', () => {
    const base = { loraPlusRatio: 16, deloraLambda: 3, adapterDropout: 0.1 };
    expect(resolve(base, lora)).toEqual({
      ...fakeRegistry.methodDefaults('lora'),
      loraPlusRatio: 16,
      adapterDropout: 0.1,
    });
    expect(resolve(base, head)).toEqual(fakeRegistry.methodDefaults('head'));
  });

  test('where nobody sets them no key is added, so that ids stay', () => {
    expect(Object.keys(resolve({ rank: 4 }, lora))).toEqual(Object.keys(fakeRegistry.methodDefaults('lora')));
  });

  test('a method’s own entry may not give what it has not', () => {
    const entry = { ...lora, useRslora: true, deloraLambda: 3 };
    expect(inapplicable(entry, { method: { loraPlusRatio: 4, dInitial: 1 } }, fakeRegistry)).toEqual([
      'deloraLambda',
      'dInitial',
    ]);
  });
});
