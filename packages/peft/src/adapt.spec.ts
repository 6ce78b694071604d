import { beforeAll, describe, expect, test } from '@jest/globals';
import { key, tf } from '@lomap/compile';
import { adapt } from './adapt.ts';
import { methodDefaults } from './registry.ts';
import type { MethodSettings } from './settings.ts';
import { plainContext, tinyModel } from './testing/tiny-model.ts';
import type { Context } from './types.ts';

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
    [
      'an optional setting of another method',
      { deloraLambda: 15 },
      /Method lora has no deloraLambda; of this kind it has useRslora/,
    ],
    [
      'one that no method of the kind has',
      { ...methodDefaults('head'), useRslora: true },
      /Method head has no useRslora\. Leave it out/,
    ],
    [
      'PiSSA under MAP',
      { ...methodDefaults('lomap'), initLoraWeights: 'pissa' },
      /lomap: initLoraWeights pissa under MAP needs β to start at ‖sBA‖_F/,
    ],
    [
      'PiSSA with dropout',
      { initLoraWeights: 'pissa', adapterDropout: 0.1 },
      /adapterDropout would drop inputs of one/,
    ],
    ['a ratio below 1', { loraPlusRatio: 0.5 }, /loraPlusRatio is a finite number ≥ 1, not 0.5/],
    ['a λ of 0', { ...methodDefaults('delora'), deloraLambda: 0 }, /deloraLambda is a finite number > 0, not 0/],
    ['loraAlpha of a method without', { ...methodDefaults('vera'), loraAlpha: 8 }, /Method vera has no loraAlpha/],
    [
      'dropout of an update that is not',
      { ...methodDefaults('ia3'), adapterDropout: 0.1 },
      /ia3 has no adapter to drop/,
    ],
    [
      'feed-forward modules outside the targets',
      { ...methodDefaults('ia3'), targetModules: ['query'], feedforwardModules: ['output.dense'] },
      /feedforwardModules "output.dense" matches none of the 2 target modules, among them encoder.layer.0.query/,
    ],
    [
      'more rank at the end than at the start',
      { ...methodDefaults('adalora'), initR: 4 },
      /initR 4 is less than rank 8.*ranks are only taken away/,
    ],
    [
      'a schedule without steps to take ranks away',
      { ...methodDefaults('adalora'), tinit: 0.5 },
      /tinit 0.5 and tfinal 0.5 are shares of the steps and leave none/,
    ],
    [
      'a schedule of one step and a half',
      { ...methodDefaults('adalora'), deltaT: 1.5 },
      /deltaT is a share of the steps between 0 and 1, or a whole number of steps, not 1.5/,
    ],
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

describe('couplings that make no sense are refused with the reason', () => {
  test.each([
    ['map+lora', /this is lomap/],
    ['dora+lora', /this is dora/],
    ['map+dora', /dora is itself a way of joining LoRA's update to W/],
    ['map+ia3', /scales W and has no update of its own/],
    ['map+full', /full trains tensors of the model in place/],
    ['map+bitfit', /no update beside W to join\. Coupled are loha, lokr/],
    ['bora+lora', /this is bora/],
    ['dora+edora', /this is edora; name it so/],
    ['bora+dora', /dora is itself a way of joining LoRA's update to W/],
    ['bora+ia3', /scales W and has no update of its own.*Coupled are loha.*adalora, edora/],
    ['map+adalora', /a matrix cannot lose its ranks by degrees.*Coupled are loha.*edora/],
    ['map+verra', /Unknown method "map\+verra"\. Near names: map\+vera/],
  ])('%s', (name, reason) => {
    expect(() => methodDefaults(name)).toThrow(reason);
  });
});

test('new settings are absent from methods that were there before them, whose trials keep their ids', () => {
  const before = ['adapterDropout', 'label', 'loraAlpha', 'map', 'name', 'rank', 'targetModules'];
  for (const name of ['head', 'scratch', 'full', 'bitfit', 'lora', 'dora', 'lomap']) {
    expect(Object.keys(methodDefaults(name)).sort()).toEqual(before);
  }
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

test('a module that a model applies twice drops inputs of its update by a mask of its own each time', () => {
  const adaptation = adapt(tinyModel, { ...lora, adapterDropout: 0.5 });
  const sites: string[] = [];
  const dropout: Context['dropout'] = (x, site) => {
    sites.push(site);
    return x;
  };
  const params = adaptation.specs.map(({ init, shape }) => tf.tensor(init(key(0)), [...shape]));
  const pass = (): void => {
    const context = adaptation.context(params, { ...plainContext(), dropout });
    for (const path of ['encoder.layer.0.query', 'encoder.layer.1.query', 'encoder.layer.0.query']) {
      context.linear(path, tf.ones([2, 5]));
    }
  };
  pass();
  const expected = [
    'encoder.layer.0.query.adapter',
    'encoder.layer.1.query.adapter',
    'encoder.layer.0.query.adapter.2',
  ];
  expect(sites).toEqual(expected);
  pass(); // another pass, such as that of another trace, finds the same sites
  expect(sites).toEqual([...expected, ...expected]);
});
