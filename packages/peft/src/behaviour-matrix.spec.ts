/** What every method promises, over all methods and the settings that change their behaviour. */
import { expect, test } from '@jest/globals';
import { key, tf } from '@lomap/compile';
import { defaultMapSettings } from '@lomap/map';
import { adapt } from './adapt.ts';
import { methodDefaults, methodNames } from './registry.ts';
import { describeBehaviour, expectClose, starting } from './testing/behaviour.ts';
import { methodRows, row, updateRows } from './testing/rows.ts';
import { tinyModel } from './testing/tiny-model.ts';

test('every method of the registry is in the matrix', () => {
  const rows = [...methodRows, ...updateRows];
  expect(new Set(rows.map(({ settings }) => settings.name))).toEqual(new Set(methodNames()));
});

describeBehaviour(methodRows);

test('methods with one key are paired: A and the head start alike', () => {
  const start = (name: string): Map<string, Float32Array> =>
    new Map(starting(row(name, {}, []).settings, false).adaptation.specs.map((s) => [s.name, s.init(key(6))] as const));
  const lora = start('lora');
  for (const other of [start('dora'), start('lomap')]) {
    for (const [name, values] of lora) expect(other.get(name)).toEqual(values);
  }
});

test('with the same A and B, LoMAP at α = ‖W‖ and β = s‖BA‖ is LoRA', () => {
  const clamp = { ...defaultMapSettings, epsilonMode: 'clamp' } as const;
  const lora = starting(row('lora', {}, []).settings, true);
  const lomap = starting(row('lomap', { map: clamp }, []).settings, true);
  const own = new Map(lora.adaptation.specs.map((spec, i) => [spec.name, lora.params[i]!] as const));
  const norms = new Map(lora.adaptation.summary(lora.params).map((matrix) => [matrix.path, matrix] as const));
  const converted = lomap.adaptation.specs.map(({ name }) => {
    const { baseNorm, deltaNorm } = norms.get(name.slice(0, name.lastIndexOf('.'))) ?? {};
    if (name.endsWith('map_alpha')) return tf.scalar(baseNorm!);
    if (name.endsWith('map_beta')) return tf.scalar(deltaNorm! * (3 / 2));
    const spec = lora.adaptation.specs.find((candidate) => candidate.name === name)!;
    return tf.tensor(own.get(name)!, [...spec.shape]);
  });
  expectClose(lomap.logits(converted), lora.logits(), 1e-5);
});

test('frozen weights keep their gradients to themselves: bitfit’s weights stay frozen', () => {
  const { specs } = adapt(tinyModel, methodDefaults('bitfit'));
  const outside = specs.filter(({ group }) => group === 'adapter').map(({ name }) => name);
  expect(outside).toEqual([
    'embeddings.norm.bias',
    'encoder.layer.0.query.bias',
    'encoder.layer.0.output.dense.bias',
    'encoder.layer.1.query.bias',
    'encoder.layer.1.output.dense.bias',
  ]);
});
