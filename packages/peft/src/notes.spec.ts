import { describe, expect, test } from '@jest/globals';
import { key } from '@lomap/compile';
import { defaultMapSettings, type MapSettings, type Scope } from '@lomap/map';
import { adapt } from './adapt.ts';
import { methodNotes } from './notes.ts';
import { methodDefaults } from './registry.ts';
import { starting } from './testing/behaviour.ts';
import { tinyModel } from './testing/tiny-model.ts';

const lomap = methodDefaults('lomap');

test('the paper start without clipping is warned of; with it only loraAlpha is void', () => {
  expect(methodNotes(lomap, { clipping: false }).join('\n')).toMatch(/without gradient clipping/);
  expect(methodNotes(lomap, { clipping: true })).toEqual([expect.stringMatching(/loraAlpha has no effect/)]);
});

test.each([
  ['lora', 'lomap', 'lora_B'],
  ['delora', 'map+delora', 'delora_B'],
  ['lokr', 'map+lokr', 'lokr_w1'],
])('it says how large the first gradient is: β₀/ε times that of %s, under %s', (plain, mapped, tensor) => {
  const gradient = (name: string, map: MapSettings | null): Float32Array => {
    // A scaling of 1.
    const loraAlpha = methodDefaults(name).loraAlpha === null ? null : 2;
    const settings = { ...methodDefaults(name), rank: 2, loraAlpha, targetModules: ['layer.1.query'], map };
    const { adaptation, gradients } = starting(settings, false);
    return gradients()[adaptation.specs.findIndex((spec) => spec.name.endsWith(tensor))]!;
  };
  const without = gradient(plain, null);
  const ratios = gradient(mapped, {
    ...defaultMapSettings,
    baseScope: 'none',
    betaStart: { absolute: 2 },
    epsilon: 1e-3,
  }).map((value, i) => value / without[i]!);
  for (const ratio of ratios) expect(ratio / 2000).toBeCloseTo(1, 4);
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
  ['lomap', { useRslora: false }, [/loraAlpha has no effect/]],
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

describe('what of MAP’s settings has no effect is said beside the update’s', () => {
  const notes = (map: Partial<MapSettings>): string[] =>
    methodNotes({ ...lomap, map: { ...defaultMapSettings, ...map } }, { clipping: true });
  const unscaled = { baseScope: 'none', deltaScope: 'none' } as const;

  test('by name and with the reason', () => {
    expect(notes({ ...unscaled, epsilon: 0.1, detachNorm: true })).toEqual([
      'lomap: epsilon has no effect: nothing is divided by a norm, both scopes being none.',
      'lomap: detachNorm has no effect: nothing is divided by a norm, both scopes being none.',
    ]);
  });

  test('loraAlpha too where β starts at 0 and nothing is normalised; λ then is not', () => {
    const map = { ...defaultMapSettings, ...unscaled, start: 'beta-zero' } as const;
    expect(methodNotes({ ...lomap, useRslora: true, map }, { clipping: true })).toEqual([
      expect.stringMatching(/loraAlpha has no effect, since β starts at 0/),
      expect.stringMatching(/useRslora has no effect, since β starts at 0/),
    ]);
    expect(methodNotes({ ...methodDefaults('map+delora'), map }, { clipping: true })).toEqual([]);
  });
});

describe('with α frozen', () => {
  const [void_, frozen] = [/W's scope (\w+) changes nothing/, 'frozen'] as const;
  const starts = (map: Partial<MapSettings>): string =>
    methodNotes({ ...lomap, map: { ...defaultMapSettings, ...map } }, { clipping: true }).join('\n');

  test.each<[Partial<MapSettings>, boolean]>([
    [{}, true],
    [{ baseScope: 'row', epsilonMode: 'clamp' }, true],
    [{ epsilon: 1e-3 }, true],
    [{ baseScope: 'none' }, false],
    [{ baseScope: 'row', epsilon: 0.1 }, false],
    [{ baseScope: 'row', epsilon: 1, epsilonMode: 'clamp' }, false],
  ])('W’s scope is void only where ε is small against any norm of W: %j, %s', (map, isVoid) => {
    expect(void_.test(starts({ alpha: frozen, ...map }))).toBe(isVoid);
    const weights = (baseScope: Scope): number[] => {
      const settings = { ...defaultMapSettings, alpha: frozen, ...map, baseScope, betaStart: { absolute: 1e-9 } };
      const adapted = { ...lomap, rank: 2, targetModules: ['query'], map: settings };
      const adaptation = adapt(tinyModel, adapted);
      const params = adaptation.specs.map((spec) => spec.init(key(0)));
      return [...adaptation.merge(params).get('encoder.layer.0.query.weight')!];
    };
    const [own, base] = [weights(map.baseScope ?? 'global'), tinyModel.read('encoder.layer.0.query.weight')];
    const share = Math.max(...own.map((value, i) => Math.abs(value / base[i]! - 1)));
    expect(share < 2e-3).toBe(isVoid || map.baseScope === 'none');
  });

  test('or learned, a large ε is said to start elsewhere than at W', () => {
    expect(starts({ epsilon: 0.1 })).toMatch(/W\* is not W at the start.*‖W‖\/\(‖W‖ \+ 0\.1\)/);
    expect(starts({ alpha: frozen, epsilon: 0.1 })).toMatch(/W\* is not W at the start/);
    expect(starts({ baseScope: 'row', epsilon: 1, epsilonMode: 'clamp' })).toMatch(/where a norm of W is below 1/);
    for (const map of [{}, { epsilon: 1e-3 }, { epsilon: 10, baseScope: 'none' }] as const) {
      expect(starts(map)).not.toMatch(/at the start/);
    }
  });
});
