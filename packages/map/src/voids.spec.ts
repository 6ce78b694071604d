import { beforeAll, describe, expect, test } from '@jest/globals';
import { tf } from '@lomap/compile';
import { defaultMapSettings, checkMapSettings, type MapSettings } from './settings.ts';
import { problem, tall } from './testing/problem.ts';
import { mapVoids } from './voids.ts';

beforeAll(() => tf.setBackend('cpu'));

const unscaled = { baseScope: 'none', deltaScope: 'none' } as const;
const frozen = { alpha: 'frozen', beta: 'frozen' } as const;

describe('a setting that has no effect as the others are is told, once', () => {
  test.each<[string, Partial<MapSettings>, RegExp]>([
    ['ε without a norm', { ...unscaled, epsilon: 1 }, /^epsilon has no effect.*scopes being none/],
    ['ε = 0 without a norm', { ...unscaled, epsilon: 0 }, /^epsilon has no effect.*scopes being none/],
    ['clamp without a norm', { ...unscaled, epsilonMode: 'clamp' }, /^epsilonMode has no effect.*scopes being none/],
    ['detached without a norm', { ...unscaled, detachNorm: true }, /^detachNorm has no effect.*scopes being none/],
    ['relative to nothing', { ...unscaled, parametrization: 'relative' }, /^parametrization relative is raw/],
    [
      'relative, what is learned being without a norm',
      { baseScope: 'none', beta: 'frozen', parametrization: 'relative' },
      /^parametrization relative is raw/,
    ],
    ['a logarithm of nothing', { ...frozen, parametrization: 'log' }, /^parametrization has no effect.*frozen/],
    [
      'a multiplier of nothing',
      { ...frozen, scalarLearningRateMultiplier: 10 },
      /^scalarLearningRateMultiplier .*froz/,
    ],
    ['W’s norm detached', { deltaScope: 'none', detachNorm: true }, /^detachNorm has no effect.*constant/],
    [
      'W’s norms detached, of constant rows',
      { baseScope: 'both', deltaScope: 'none', alpha: 'frozen', detachNorm: true },
      /^detachNorm has no effect.*constant/,
    ],
    ['clamped at 0', { start: 'beta-zero', epsilon: 0, epsilonMode: 'clamp' }, /^epsilonMode has no effect.*epsilon 0/],
    ['0 of another kind', { start: 'beta-zero', betaStart: { share: 0 } }, /^betaStart has no effect.*beta-zero/],
  ])('%s', (_, changes, sentence) => {
    const settings = { ...defaultMapSettings, ...changes };
    expect(() => checkMapSettings(settings)).not.toThrow();
    expect(mapVoids(settings)).toEqual([expect.stringMatching(sentence)]);
  });
});

describe('what has an effect, and what was left at its default, is not', () => {
  test.each<Partial<MapSettings>>([
    {},
    unscaled,
    frozen,
    { ...unscaled, ...frozen },
    { start: 'beta-zero' },
    { deltaScope: 'none', epsilon: 1 },
    { baseScope: 'none', epsilon: 1, epsilonMode: 'clamp', detachNorm: true },
    { baseScope: 'none', parametrization: 'relative' },
    { alpha: 'frozen', parametrization: 'relative', scalarLearningRateMultiplier: 10 },
    { ...unscaled, parametrization: 'log' },
    { baseScope: 'both', deltaScope: 'none', detachNorm: true },
    { ...frozen, detachNorm: true },
    { betaStart: { share: 0.03 } },
  ])('%j', (changes) => expect(mapVoids({ ...defaultMapSettings, ...changes })).toEqual([]));
});

describe('told exactly where output and gradients are the same without it', () => {
  const scopes = ['global', 'both', 'none'] as const;
  const [learned, starts] = [['learned', 'frozen'] as const, ['paper', 'beta-zero'] as const];
  const cells = scopes.flatMap((baseScope) =>
    scopes.flatMap((deltaScope) =>
      learned.flatMap((alpha) =>
        learned.flatMap((beta) => starts.map((start) => ({ baseScope, deltaScope, alpha, beta, start }))),
      ),
    ),
  );
  // An added and a clamped ε differ where ε is not small.
  const changes = [{ epsilon: 3 }, { epsilon: 3, epsilonMode: 'clamp' }, { detachNorm: true }] as const;

  test.each([
    ['epsilon', {}, changes[0]],
    ['epsilonMode', changes[0], changes[1]],
    ['epsilonMode', { epsilon: 0 }, { epsilon: 0, epsilonMode: 'clamp' }],
    ['detachNorm', {}, changes[2]],
  ] as const)('%s: %j and %j', (key, without, given) => {
    const found = cells.flatMap((cell) => {
      const settings: MapSettings = { ...defaultMapSettings, ...cell, ...given };
      try {
        checkMapSettings(settings);
      } catch {
        return [];
      }
      const [a, b] = [settings, { ...defaultMapSettings, ...cell, ...without }].map((of) => {
        const { output, gradients } = problem(of, tall, { moved: true });
        return [output(), ...Object.values(gradients())].flatMap((values) => [...values]);
      });
      const scale = Math.max(...b!.map(Math.abs));
      const same = a!.every((value, i) => Math.abs(value - b![i]!) < 1e-6 * scale);
      const told = mapVoids(settings).some((sentence) => sentence.startsWith(`${key} has no effect`));
      return [[cell, told, same] as const];
    });
    expect(found.length).toBeGreaterThan(10);
    expect(found.filter(([, told, same]) => told !== same)).toEqual([]);
    expect(found.some(([, told]) => told)).toBe(true);
  });
});
