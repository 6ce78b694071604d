import { describe, expect, test } from '@jest/globals';
import { checkMapSettings, defaultMapSettings, type MapSettings } from './settings.ts';

const refused: [string, Partial<MapSettings>, RegExp][] = [
  ['log at β = 0', { start: 'beta-zero', parametrization: 'log' }, /log cannot start at β = 0/],
  ['log with a negative β₀', { parametrization: 'log', betaStart: { absolute: -1 } }, /log needs betaStart > 0/],
  ['β frozen at 0', { start: 'beta-zero', beta: 'frozen' }, /frozen at 0/],
  ['a β₀ that beta-zero ignores', { start: 'beta-zero', betaStart: { share: 0.03 } }, /contradicts start beta-zero/],
  ['B = 0 and β₀ = 0', { betaStart: { absolute: 0 } }, /every gradient vanishes/],
  [
    'a share of ‖W‖ without a norm',
    { deltaScope: 'none', betaStart: { share: 0.03 } },
    /no meaning with deltaScope none/,
  ],
  ['0/0', { epsilon: 0 }, /at Δ = 0/],
  ['a first gradient beyond float32', { epsilon: 1e-30 }, /at least 1e-12/],
  ['a negative ε', { epsilon: -1, start: 'beta-zero' }, /epsilon is a finite number ≥ 0/],
  ['a multiplier of 0', { scalarLearningRateMultiplier: 0 }, /freeze it/],
  ['a β₀ that is no number', { betaStart: { absolute: NaN } }, /betaStart is a finite number/],
];

describe('refused, with the reason', () => {
  test.each(refused)('%s', (_, settings, reason) => {
    expect(() => checkMapSettings({ ...defaultMapSettings, ...settings })).toThrow(reason);
  });
});

test('all reasons are given at once', () => {
  const settings: MapSettings = { ...defaultMapSettings, start: 'beta-zero', parametrization: 'log', beta: 'frozen' };
  expect(() => checkMapSettings(settings)).toThrow(/log cannot start[^]*beta frozen/);
});

test.each<Partial<MapSettings>>([
  {},
  { start: 'beta-zero' },
  { start: 'beta-zero', epsilon: 0 },
  { deltaScope: 'none', epsilon: 0, baseScope: 'none' },
  { parametrization: 'log', betaStart: { share: 0.01 } },
  { epsilon: 10, epsilonMode: 'clamp' },
])('accepted: %j', (settings) => {
  expect(() => checkMapSettings({ ...defaultMapSettings, ...settings })).not.toThrow();
});
