import { beforeAll, describe, expect, test } from '@jest/globals';
import { key, tf } from '@lomap/compile';
import { adapt } from './adapt.ts';
import { methodDefaults } from './registry.ts';
import type { MethodSettings } from './settings.ts';
import { plainContext, tinyModel } from './testing/tiny-model.ts';

beforeAll(() => tf.setBackend('cpu'));

const lora: MethodSettings = { ...methodDefaults('lora'), rank: 2, targetModules: ['query'] };

describe('refused, with the reason', () => {
  test.each<[string, Partial<MethodSettings>, RegExp]>([
    ['an unknown method', { name: 'lorra' }, /Unknown method "lorra". Near names: lora/],
    ['a missing rank', { rank: null }, /Method lora needs rank/],
    ['a rank that is no positive integer', { rank: 1.5 }, /rank is a positive integer, not 1.5/],
    ['settings of another method', { map: methodDefaults('lomap').map }, /Method lora has no map/],
    ['dropout of everything', { adapterDropout: 1 }, /adapterDropout is in \[0, 1\), not 1/],
    ['dropout without an adapter', { ...methodDefaults('head'), adapterDropout: 0.1 }, /no adapter to drop inputs of/],
    ['a scaling of 0', { loraAlpha: 0 }, /loraAlpha is a finite number > 0/],
    ['a target that is not there', { targetModules: ['query', 'kuery'] }, /"kuery" matches none.*Near names: query/],
  ])('%s', (_, changes, reason) => {
    expect(() => adapt(tinyModel, { ...lora, ...changes })).toThrow(reason);
  });

  test('parameters in the wrong number, order or shape', () => {
    const adaptation = adapt(tinyModel, lora);
    const params = adaptation.specs.map((spec) => spec.init(key(0)));
    expect(() => adaptation.merge(params.slice(1))).toThrow(/7 parameters were given; .* has 8/);
    expect(() => adaptation.merge([...params.slice(1), params[0]!])).toThrow(
      /query.lora_B, has 25 values; expected shape \[5, 2\]/,
    );
    expect(() => adaptation.merge([...params, new Float32Array(1)])).toThrow(/9 parameters were given; .* has 8/);
    const swapped = adaptation.specs.map(({ shape }) => tf.zeros([...shape].reverse()));
    expect(() => adaptation.context(swapped, plainContext())).toThrow(
      /Parameter 0, encoder.layer.0.query.lora_A, has shape \[5, 2\]; expected shape \[2, 5\]/,
    );
  });
});

test('names, shapes, groups and order', () => {
  const { specs } = adapt(tinyModel, { ...methodDefaults('lomap'), rank: 2, targetModules: ['layer.1.query'] });
  expect(specs.map(({ name, shape, group }) => [name, shape, group])).toEqual([
    ['encoder.layer.1.query.lora_A', [2, 5], 'adapter'],
    ['encoder.layer.1.query.lora_B', [5, 2], 'adapter'],
    ['encoder.layer.1.query.map_alpha', [], 'scalars'],
    ['encoder.layer.1.query.map_beta', [], 'scalars'],
    ['pooler.dense.weight', [5, 5], 'head'],
    ['pooler.dense.bias', [5], 'head'],
    ['classifier.weight', [3, 5], 'head'],
    ['classifier.bias', [3], 'head'],
  ]);
});

test('the head starts at the model’s own values', () => {
  for (const spec of adapt(tinyModel, methodDefaults('head')).specs) {
    expect(spec.init(key(1))).toEqual(tinyModel.read(spec.name));
  }
});
