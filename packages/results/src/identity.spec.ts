import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { canonicalJson } from './canonical.ts';
import { trialFolderName, trialId } from './identity.ts';
import { fakeResult } from './testing.ts';

describe('canonicalJson', () => {
  test('sorts keys at every level and writes the shortest numbers', () => {
    expect(canonicalJson({ b: [1e-3, -0, 1e21], a: { d: null, c: 'é' } })).toBe(
      '{"a":{"c":"é","d":null},"b":[0.001,0,1e+21]}',
    );
  });

  test.each([Number.NaN, Infinity, undefined, { a: Number.NaN }])('refuses %p', (value) => {
    expect(() => canonicalJson(value)).toThrow(/No canonical JSON/);
  });
});

describe('trialId', () => {
  const { settings } = fakeResult().trial;

  test('is the SHA-256 of the canonical JSON of { settings } without names', () => {
    const { label: _, ...method } = settings.method;
    const { type, sha256 } = settings.model;
    const named = { ...settings, method, model: { type, sha256 }, data: { sha256: settings.data.sha256 } };
    const expected = createHash('sha256')
      .update(`{"settings":${canonicalJson(named)}}`)
      .digest('hex');
    expect(trialId(settings)).toBe(expected);
  });

  test('does not depend on what the row, the model or the data is called', () => {
    const renamed = {
      ...settings,
      method: { ...settings.method, label: 'another' },
      model: { ...settings.model, name: 'another' },
      data: { ...settings.data, name: 'another' },
    };
    expect(trialId(renamed)).toBe(trialId(settings));
  });

  test('does not depend on the order of the keys, but on every value', () => {
    const reversed = Object.fromEntries(Object.entries(settings).reverse()) as typeof settings;
    expect(trialId(reversed)).toBe(trialId(settings));
    expect(trialId({ ...settings, seed: settings.seed + 1 })).not.toBe(trialId(settings));
  });
});

test('a folder name keeps to characters that every file system takes', () => {
  const { settings } = fakeResult({ task: '../STS-B', label: 'β₀=1 %/x', method: 'lomap', seed: 3 }).trial;
  expect(trialFolderName(settings, 'abcdef0123456789')).toBe('__STS-B-_=1_x-s3-abcdef01');
  expect(trialFolderName(fakeResult({ task: 'rte' }).trial.settings, '0123456789')).toBe('rte-lora-s1-01234567');
});
