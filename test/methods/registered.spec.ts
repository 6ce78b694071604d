/** A method of one's own, in one file from outside the packages: registered once, it is everywhere where the registry's are. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { key, tf } from '@lomap/compile';
import type { DeltaFamily } from '@lomap/map';
import {
  aboutMethod,
  adapt,
  checkMethod,
  couple,
  denseDelta,
  factor,
  filled,
  joins,
  methodDefaults,
  methodNames,
  number,
  optionalSettings,
  registerMethod,
  type Method,
  type MethodSettings,
} from '@lomap/peft';
import { plainContext, tinyForward, tinyModel } from '@lomap/peft/testing';
import { compare, methodTitle, nameMethods } from '@lomap/report';
import { NOTHING_ABOUT, settingsSchema, trialId } from '@lomap/results';
import { fakeResult } from '@lomap/results/testing';
import { run } from '@lomap/runner';

/** Δ = diag(g) W, g starting at `gateStart`; W* = diag(1 + g) W. */
interface GateSettings extends MethodSettings {
  readonly gateStart?: number;
}

const family = (start: number): DeltaFamily => ({
  name: 'gate',
  params: ({ out }) => [factor('gate', [out], filled(start))],
  bind: (w, own) => denseDelta(tf.mul(w.tensor(), tf.reshape(own['gate']!, [w.out, 1]))),
  dense: (w, own) => Float64Array.from(w.values(), (value, i) => value * own['gate']![Math.floor(i / w.in)]!),
});

const defaults: Omit<GateSettings, 'label' | 'name' | 'map'> = {
  ...{ rank: null, loraAlpha: null, targetModules: ['query'], adapterDropout: 0 },
  gateStart: 0.25,
};

const gate: Method = couple(
  'gate',
  joins.add,
  {
    name: 'gate',
    defaults,
    needs: ['targetModules'],
    accepts: {
      gateStart: {
        ...number('a finite number above -1', (value) => value > -1),
        meaning: 'Where g starts.',
      },
    },
    family: ({ settings }) => family((settings as GateSettings).gateStart ?? 0),
    scaling: () => 1,
    sizes: [],
  },
  { about: { title: 'Gate', what: 'W + diag(g) W', source: 'this test', page: 'none' } },
);

const of = (gateStart: unknown): MethodSettings => ({ ...methodDefaults('gate'), ...{ gateStart } });

beforeAll(async () => {
  await tf.setBackend('cpu');
  registerMethod(gate);
});

test('is a method of the registry, with its words and its settings', () => {
  expect(methodNames().at(-1)).toBe('gate');
  expect(aboutMethod('gate')).toMatchObject({ title: 'Gate', what: 'W + diag(g) W', couples: [] });
  expect(optionalSettings('gate')).toEqual(['gateStart']);
});

test('adapts and trains: its own setting is where g starts, and a step lowers the loss', () => {
  const adaptation = adapt(tinyModel, of(0.5));
  const start = adaptation.specs.map((spec) => spec.init(key(0)));
  const path = 'encoder.layer.0.query.weight';
  const base = tinyModel.read(path);
  adaptation
    .merge(start)
    .get(path)!
    .forEach((value, i) => expect(value).toBeCloseTo(1.5 * base[i]!, 6));

  const x = tf.tensor2d([0.3, -0.2, 0.5, 0.1, -0.4], [1, 5]);
  const params = start.map((values, i) => tf.tensor(values, [...adaptation.specs[i]!.shape]));
  const loss = (...given: tf.Tensor[]): tf.Scalar =>
    tf.sum(tf.square(tinyForward(adaptation.context(given, plainContext()), x)));
  const { value, grads } = tf.valueAndGrads(loss)(params);
  const stepped = params.map((param, i) => tf.sub(param, tf.mul(grads[i]!, 1e-2)));
  expect(tf.max(tf.abs(grads[0]!)).dataSync()[0]).toBeGreaterThan(0);
  expect(loss(...stepped).dataSync()[0]).toBeLessThan(value.dataSync()[0]!);
});

describe('is checked like any other', () => {
  test('its setting by its rule, and keys that it has not', () => {
    expect(checkMethod(of(0.5))).toBe(gate);
    expect(() => checkMethod(of(-2))).toThrow('gateStart is a finite number above -1, not -2.');
    expect(() => checkMethod(of('much'))).toThrow('gateStart is a finite number above -1, not "much".');
    expect(() => checkMethod({ ...of(1), ...{ gateStrat: 1 } })).toThrow(
      'Method gate has no gateStrat; of this kind it has gateStart. Leave it out.',
    );
    expect(() => checkMethod({ ...methodDefaults('lora'), ...{ gateStart: 1 } })).toThrow('lora has no gateStart');
  });

  test('a name that is taken, or that names no folder, is not registered', () => {
    expect(() => registerMethod(gate)).toThrow('The registry has a method "gate"; give your own another name.');
    const named = (name: string): Method => ({ ...gate, name, defaults: { ...gate.defaults, name } });
    expect(() => registerMethod(named('../gate'))).toThrow('not "../gate"');
    expect(methodNames().filter((name) => name.includes('gate'))).toEqual(['gate']);
  });
});

describe('on the command line', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lomap-registered-'));
  const told = async (...args: string[]): Promise<string> => {
    const lines: string[] = [];
    const { log, error } = console;
    [console.log, console.error] = [(text: string) => lines.push(text), (text: string) => lines.push(text)];
    try {
      await run(args);
    } finally {
      [console.log, console.error] = [log, error];
    }
    return lines.join('\n');
  };
  const sweep = (methods: unknown[], more: object = {}): string => {
    const path = join(folder, 'sweep.json');
    writeFileSync(path, JSON.stringify({ name: 'own', tasks: ['rte'], methods, seeds: [1, 2], ...more }));
    return path;
  };

  test('lomap methods lists it', async () => {
    expect(await told('methods')).toMatch(/^gate +Gate +W \+ diag\(g\) W +this test/m);
  });

  test('lomap methods NAME and lomap settings say its setting', async () => {
    expect(await told('methods', 'gate')).toMatch(
      /^method\.gateStart +a finite number above -1 +0\.25 +Where g starts\./m,
    );
    expect(await told('settings', 'gateStart')).toContain('meaning   Where g starts.');
  });

  test('a sweep file sets its setting, in an entry, in base and in overrides; mistakes are named', async () => {
    const entries = [0.5, 1].map((gateStart) => ({ label: `gate-${gateStart}`, name: 'gate', gateStart }));
    expect(await told('validate', '--config', sweep(entries))).toContain('is valid: 4 trials (gate-0.5, gate-1 on rte');
    const shared = sweep(['gate', 'lora'], { base: { method: { gateStart: -3 } } });
    expect(await told('validate', '--config', shared)).toContain('method gate: gateStart is a finite number above -1');
    const overridden = sweep(['gate'], { methodsOverrides: { gate: { method: { gateStart: 2 } } } });
    expect(await told('validate', '--config', overridden)).toContain('is valid: 2 trials');
    const wrong = (entry: object): Promise<string> =>
      told('validate', '--config', sweep([{ label: 'a', name: 'gate', ...entry }]));
    expect(await wrong({ gateStrat: 1 })).toContain('methods[0].gateStrat: unknown key. Did you mean "gateStart"?');
    expect(await wrong({ gateStart: -3 })).toContain('gateStart is a finite number above -1, not -3.');
    expect(await wrong({ name: 'lora', gateStart: 1 })).toContain('gateStart means nothing to "lora"');
  });

  test('lomap validate knows it in a sweep file', async () => {
    expect(await told('validate', '--config', sweep(['gate']))).toContain('is valid: 2 trials (gate on rte, 2 seeds)');
    expect(await told('validate', '--config', sweep(['gaet']))).toContain('Did you mean "gate"?');
  });
});

test('its results read, their ids are of its settings, and its title is the table’s', () => {
  nameMethods(new Map(methodNames().map((name) => [name, aboutMethod(name).title])));
  expect(methodTitle('gate')).toBe('Gate');
  const results = ['lora', 'gate'].flatMap((method) =>
    [1, 2].map((seed) => {
      const fake = fakeResult({ method, label: method, seed, sweep: 'own' });
      const settings = {
        ...fake.trial.settings,
        method: method === 'gate' ? of(0.5) : fake.trial.settings.method,
      } as typeof fake.trial.settings;
      return { ...fake, trial: { ...fake.trial, settings, id: trialId(settings) } };
    }),
  );
  for (const result of results) {
    expect(settingsSchema.parse(result.trial.settings)).toEqual(result.trial.settings);
    expect(trialId(settingsSchema.parse(result.trial.settings))).toBe(result.trial.id);
  }
  expect(compare('own', results, NOTHING_ABOUT)?.rows.map(({ title }) => title)).toEqual(['LoRA', 'Gate']);
  expect(() => settingsSchema.parse({ ...results[2]!.trial.settings, method: of({ not: 'a value' }) })).toThrow();
});
