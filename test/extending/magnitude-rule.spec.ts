/** A magnitude rule that no package knows: registered once, named in a sweep file, bound to a model, recorded with its trial. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sizeOf } from '@lomap/compile';
import { defaultMapSettings, registerMagnitudeRule, type MagnitudeRule } from '@lomap/map';
import { adapt, methodDefaults, type MethodSettings } from '@lomap/peft';
import { tinyModel } from '@lomap/peft/testing';
import { settingsSchema } from '@lomap/results';
import { run } from '@lomap/runner';

/** β(t) = b·t/T: an update that grows all the way. */
const climbing: MagnitudeRule = {
  ...{ name: 'climbing', what: 'β(t) = b·t/T', source: 'this test', decides: ['betaStart', 'beta'] },
  constants: { b: { expected: 'a number > 0', valid: (value) => value > 0, meaning: 'where β ends' } },
  schedule:
    (_, { b }, { learningRates }) =>
    (t) =>
      (b! * t) / learningRates.length,
};
const folder = mkdtempSync(join(tmpdir(), 'lomap-rule-'));
beforeAll(() => registerMagnitudeRule(climbing));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const settings: MethodSettings = {
  ...methodDefaults('lomap'),
  targetModules: ['query'],
  map: { ...defaultMapSettings, magnitudes: { rule: 'climbing', b: 0.5 } },
};

test('sets β of every matrix before each step', () => {
  const adaptation = adapt(tinyModel, settings);
  let offset = 0;
  const places = new Map(
    adaptation.specs.map(({ name, shape }) => {
      const size = sizeOf(shape);
      offset += size;
      return [name, { offset: offset - size, size }] as const;
    }),
  );
  const bound = adaptation.betweenSteps!.bind(places, [1e-3, 1e-3, 1e-3, 1e-3]);
  const beta = (params: Float32Array): number[] =>
    [...places].flatMap(([name, place]) => (name.endsWith('map_beta') ? [params[place.offset]!] : []));
  const started = bound.start!(new Float32Array(offset));
  expect(beta(started)).toEqual([0.125, 0.125]);
  expect(beta(bound.after([], 1, started, started))).toEqual([0.25, 0.25]);
});

test('is recorded as it is written', () => {
  expect(settingsSchema.shape.method.parse(settings)).toEqual(settings);
});

test('a sweep file names it; its mistakes are told with the others', async () => {
  const validated = async (map: object): Promise<string> => {
    const path = join(folder, 'sweep.json');
    const methods = [{ label: 'climbing', name: 'lomap', map }];
    writeFileSync(path, JSON.stringify({ name: 'own', tasks: ['rte'], methods, seeds: [1] }));
    const lines: string[] = [];
    const { log, error } = console;
    [console.log, console.error] = [(text: string) => lines.push(text), (text: string) => lines.push(text)];
    try {
      await run(['validate', '--config', path]);
    } finally {
      [console.log, console.error] = [log, error];
    }
    return lines.join('\n');
  };
  expect(await validated({ magnitudes: { rule: 'climbing', b: 0.5 } })).toContain('is valid');
  expect(await validated({ magnitudes: { rule: 'climbing', b: -1 } })).toContain(
    'b of magnitudes climbing is a number > 0, not -1.',
  );
  expect(await validated({ magnitudes: { rule: 'climbnig', b: 1 } })).toContain('no magnitude rule "climbnig"');
});
