import { describe, expect, test } from '@jest/globals';
import { countParameters } from './plan.ts';
import { methodDefaults } from './registry.ts';
import type { BaseModelShapes, LinearModule } from './types.ts';

/** The shapes of DeBERTaV3-base's linear modules (12 layers, hidden 768, intermediate 3072) and its head. */
function debertaV3Base(): BaseModelShapes {
  const linear = (path: string, out: number, inputs: number): LinearModule => ({ path, out, in: inputs, bias: true });
  const layers = Array.from({ length: 12 }, (_, i) => `deberta.encoder.layer.${i}`).flatMap((layer) => [
    ...['query', 'key', 'value'].map((name) => linear(`${layer}.attention.self.${name}_proj`, 768, 768)),
    linear(`${layer}.attention.output.dense`, 768, 768),
    linear(`${layer}.intermediate.dense`, 3072, 768),
    linear(`${layer}.output.dense`, 768, 3072),
  ]);
  const linears = [...layers, linear('pooler.dense', 768, 768), linear('classifier', 2, 768)];
  const shapes = new Map(
    linears.flatMap(({ path, out, in: inputs }) => [
      [`${path}.weight`, [out, inputs]],
      [`${path}.bias`, [out]],
    ]),
  );
  return { linears, head: ['pooler', 'classifier'], tensors: [...shapes.keys()], shape: (name) => shapes.get(name)! };
}

const targetModules = [
  'query_proj',
  'key_proj',
  'value_proj',
  'attention.output.dense',
  'intermediate.dense',
  'output.dense',
];

describe('trainable parameters of DeBERTaV3-base, six linears a layer, without reading a weight', () => {
  test.each([
    ['lora', 2, 331_776],
    ['lomap', 2, 331_920],
    ['dora', 2, 331_776 + 82_944],
    ['lora', 8, 1_327_104],
    ['dora', 8, 1_327_104 + 82_944],
    ['lomap', 8, 1_327_104 + 144],
  ])('%s, r = %d: %d', (name, rank, adapter) => {
    const counts = countParameters(debertaV3Base(), { ...methodDefaults(name), rank, targetModules });
    expect(counts).toEqual({ adapter, head: 590_592 + 2 * 768 + 2 });
  });

  test('head alone', () => {
    expect(countParameters(debertaV3Base(), methodDefaults('head'))).toEqual({ adapter: 0, head: 592_130 });
  });
});
