import { beforeAll, describe, expect, test } from '@jest/globals';
import { key, tf } from '@lomap/compile';
import type { Composition, DeltaFamily } from '@lomap/map';
import { adapt } from './adapt.ts';
import { denseDelta } from './deltas/dense.ts';
import { factor, filled, zeros } from './deltas/factor.ts';
import { loraFamily } from './methods/lora/delta.ts';
import { couple, type Join, type UpdateKind } from './methods/couple.ts';
import { joins } from './methods/joins.ts';
import { methodNotes } from './notes.ts';
import { countParameters } from './plan.ts';
import { methodDefaults, methodNames } from './registry.ts';
import { plainContext, tinyForward, tinyModel } from './testing/tiny-model.ts';

beforeAll(() => tf.setBackend('cpu'));

/** Δ = diag(g) W. */
const gate: DeltaFamily = {
  name: 'gate',
  params: ({ out }) => [factor('gate', [out], zeros)],
  bind: (w, own) => denseDelta(tf.mul(w.tensor(), tf.reshape(own['gate']!, [w.out, 1]))),
  dense: (w, own) => Float64Array.from(w.values(), (value, i) => value * own['gate']![Math.floor(i / w.in)]!),
};
const gateUpdate: UpdateKind = {
  name: 'gate',
  defaults: { rank: null, loraAlpha: null, targetModules: ['query'], adapterDropout: 0 },
  needs: ['targetModules'],
  sizes: ['loraAlpha'],
  scaling: () => 1,
  family: () => gate,
};
const gated = couple('gate', joins.add, gateUpdate);
const x = (): tf.Tensor2D => tf.tensor2d([0.3, -0.2, 0.5, 0.1, -0.4], [1, 5]);

describe('an update of one’s own', () => {
  const query = 'encoder.layer.0.query';

  test('is named, counted and merged like any other', () => {
    const adaptation = adapt(tinyModel, gated.defaults, gated);
    expect(adaptation.specs.slice(0, 2).map(({ name }) => name)).toEqual([
      `${query}.gate`,
      'encoder.layer.1.query.gate',
    ]);
    const head = 5 * 5 + 5 + 3 * 5 + 3;
    expect(adaptation.counts).toEqual({ adapter: 10, head });
    expect(countParameters(tinyModel, gated.defaults, gated)).toEqual({ adapter: 10, head });

    const gates = [0.5, -1, 0, 2, 0.25];
    const params = adaptation.specs.map((spec, i) => (i === 0 ? Float32Array.from(gates) : spec.init(key(0))));
    const base = tinyModel.read(`${query}.weight`);
    const expected = base.map((value, i) => value * (1 + gates[Math.floor(i / 5)]!));
    const merged = adaptation.merge(params);
    merged.get(`${query}.weight`)!.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 6));

    const tensors = params.map((values, i) => tf.tensor(values, [...adaptation.specs[i]!.shape]));
    const adapted = tinyForward(adaptation.context(tensors, plainContext()), x());
    const reference = tinyForward(plainContext(merged), x());
    expect(tf.max(tf.abs(tf.sub(adapted, reference))).dataSync()[0]).toBeLessThan(1e-6);
  });

  test('under MAP has the norm β, and its own void settings are said', () => {
    const mapped = couple('map+gate', joins.map, gateUpdate);
    const adaptation = adapt(tinyModel, mapped.defaults, mapped);
    const params = adaptation.specs.map((spec) =>
      spec.name.endsWith('.gate') ? filled(3)(key(0), spec.shape) : spec.init(key(0)),
    );
    expect(adaptation.summary(params)[0]!.updateNorm).toBeCloseTo(1, 5);
    expect(methodNotes({ ...mapped.defaults, loraAlpha: 8 }, { clipping: true }, mapped)).toEqual([
      'map+gate: loraAlpha has no effect, since the update is divided by its norm.',
    ]);
  });

  test('that is LoRA’s gives LoRA’s weights', () => {
    const update: UpdateKind = {
      ...{ ...gateUpdate, name: 'ours', needs: ['rank', 'targetModules'] },
      defaults: { ...gateUpdate.defaults, rank: 2 },
      scaling: () => 8,
      family: ({ settings }) => loraFamily({ rank: settings.rank!, startOfB: 'zero' }),
    };
    const own = couple('ours', joins.add, update);
    const ours = adapt(tinyModel, own.defaults, own);
    const lora = adapt(tinyModel, { ...methodDefaults('lora'), rank: 2, loraAlpha: 16, targetModules: ['query'] });
    const moved = lora.specs.map((spec) => spec.init(key(3)).map((value, i) => value + 0.01 * i));
    expect(ours.specs.map(({ name }) => name)).toEqual(lora.specs.map(({ name }) => name));
    expect(ours.merge(moved)).toEqual(lora.merge(moved));
  });
});

test('a composition of one’s own: W* = (1 + c)W + Δ', () => {
  const scaled: Composition = {
    name: 'scaled',
    params: () => [factor('c', [], filled(0.5))],
    apply({ x: input, bias }, w, delta, own) {
      const of = tf.mul(tf.matMul(input, w.tensor(), false, true), tf.add(own['c']!, 1));
      const sum: tf.Tensor2D = tf.add(of, delta.apply(input));
      return bias ? tf.add(sum, bias) : sum;
    },
    weight: (w, delta, own) => delta.map((value, i) => value + w.values()[i]! * (1 + own['c']![0]!)),
  };
  const join: Join = { ...joins.add, composition: () => scaled };
  const method = couple('scaled+gate', join, gateUpdate);
  const adaptation = adapt(tinyModel, method.defaults, method);
  const merged = adaptation.merge(adaptation.specs.map((spec) => spec.init(key(0))));
  const base = tinyModel.read('encoder.layer.1.query.weight');
  merged.get('encoder.layer.1.query.weight')!.forEach((value, i) => expect(value).toBeCloseTo(1.5 * base[i]!, 6));
});

describe('refused, with the reason', () => {
  test('settings of another method', () => {
    expect(() => adapt(tinyModel, methodDefaults('lora'), gated)).toThrow(
      /settings are of method "lora", the method that was given is "gate"\. Begin with its own/,
    );
  });

  test('a name of the registry', () => {
    const own = couple('lora', joins.add, gateUpdate);
    expect(() => adapt(tinyModel, own.defaults, own)).toThrow(/registry has a method "lora"; give your own another/);
  });

  test('settings that it does not have, as for the registry’s', () => {
    expect(() => adapt(tinyModel, { ...gated.defaults, rank: 4 }, gated)).toThrow(/Method gate has no rank/);
    expect(() => adapt(tinyModel, { ...gated.defaults, useRslora: true }, gated)).toThrow(/gate has no useRslora/);
  });

  test('its name where it is not given: nothing was registered', () => {
    adapt(tinyModel, gated.defaults, gated);
    expect(() => adapt(tinyModel, gated.defaults)).toThrow(/Unknown method "gate"/);
    expect(methodNames()).not.toContain('gate');
  });
});
