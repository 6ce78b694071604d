import { describe, expect, test } from '@jest/globals';
import { adapt } from './adapt.ts';
import { methodDefaults } from './registry.ts';
import { withModuleNames } from './roles.ts';
import { tinyModel } from './testing/tiny-model.ts';

const roles = { linear: ['query', 'output.dense'], query: ['query'], down: ['output.dense'] };
const model = { ...tinyModel, roles };

describe('a target with @ is what the model has for the role', () => {
  test('in the order of the list, each name once, beside names', () => {
    const settings = { ...methodDefaults('lora'), targetModules: ['@down', 'wide.dense', '@linear'] };
    expect(withModuleNames(settings, roles).targetModules).toEqual(['output.dense', 'wide.dense', 'query']);
  });

  test('names, expressions and null stay as they are', () => {
    for (const targetModules of [['query'], '.*query', null]) {
      const settings = { ...methodDefaults('lora'), targetModules };
      expect(withModuleNames(settings, roles)).toEqual(settings);
    }
  });

  test('(IA)³: its feed-forward modules too', () => {
    const settings = { ...methodDefaults('ia3'), targetModules: ['@query', '@down'] };
    expect(withModuleNames(settings, roles)).toEqual({
      ...settings,
      targetModules: ['query', 'output.dense'],
      feedforwardModules: ['output.dense'],
    });
    const [named, byRole] = [withModuleNames(settings, roles), settings].map((each) => adapt(model, each).specs);
    expect(byRole!.map(({ name, shape }) => [name, shape])).toEqual(named!.map(({ name, shape }) => [name, shape]));
  });

  test('by default a method adapts the linear maps that the model lists', () => {
    const { specs } = adapt(model, methodDefaults('lora'));
    expect(specs.filter(({ name }) => name.endsWith('lora_A')).map(({ name }) => name)).toEqual([
      ...['encoder.layer.0.query.lora_A', 'encoder.layer.0.output.dense.lora_A'],
      ...['encoder.layer.1.query.lora_A', 'encoder.layer.1.output.dense.lora_A'],
    ]);
  });

  test('an unknown role is refused, naming those there are', () => {
    const settings = { ...methodDefaults('lora'), targetModules: ['@gate'] };
    expect(() => adapt(model, settings)).toThrow(
      'targetModules: the model has no modules of the role @gate. It has @linear, @query, @down; or name modules',
    );
    const { roles: _, ...without } = tinyModel;
    expect(() => adapt(without, methodDefaults('lora'))).toThrow('no modules of the role @linear. It names none');
  });
});
