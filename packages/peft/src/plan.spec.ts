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
  const roles = { down: ['output.dense'] };
  return {
    linears,
    roles,
    head: ['pooler', 'classifier'],
    tensors: [...shapes.keys()],
    shape: (name) => shapes.get(name)!,
  };
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

  /** Σ over the model's adapted matrices. */
  const layers = (of: (out: number, inputs: number) => number): number =>
    12 * (4 * of(768, 768) + of(3072, 768) + of(768, 3072));
  test.each([
    ['loha', 8, layers((out, inputs) => 2 * 8 * (out + inputs))],
    // 768 = 24·32 and 3072 = 48·64: w1 whole, w2 of rank 8.
    ['lokr', 8, 12 * (4 * (24 * 24 + 8 * 64) + 2 * (24 * 48 + 8 * 96))],
    ['vera', 256, layers((out) => out + 256)],
    ['delora', 8, 1_327_104 + 72],
    ['flora', 8, 1_327_104 + 72 * 64],
    ['liera', 8, 1_327_104],
    ['bora', 8, layers((out, inputs) => 9 * (out + inputs))],
    ['edora', 8, layers((out) => out + 64)],
    ['dora+vera', 256, layers((out) => 2 * out + 256)],
    ['bora+vera', 256, layers((out, inputs) => 2 * out + inputs + 256)],
    ['bora+edora', 8, layers((out, inputs) => out + inputs + 64)],
    // One pair of factors for each of three shapes, a core for each of 72 matrices.
    ['lotr', 8, 8 * (768 + 768) + 2 * 8 * (768 + 3072) + 72 * 64],
    ['dora+lotr', 8, 8 * (768 + 768) + 2 * 8 * (768 + 3072) + 72 * 64 + 82_944],
    ['map+lotr', 8, 8 * (768 + 768) + 2 * 8 * (768 + 3072) + 72 * 64 + 144],
    // Trained from the initial rank, 1.5 times the target.
    ['adalora', 8, layers((out, inputs) => 12 * (out + inputs + 1))],
    ['map+vera', 256, layers((out) => out + 256 + 2)],
    ['map+loha', 8, 2 * 1_327_104 + 144],
    ['map+delora', 8, 1_327_104 + 144], // λ has no effect under a norm and is no parameter
  ])('%s, r = %d: %d', (name, rank, adapter) => {
    const counts = countParameters(debertaV3Base(), { ...methodDefaults(name), rank, targetModules });
    expect(counts.adapter).toBe(adapter);
  });

  test('(IA)³: out of keys and values, in of feed-forward modules', () => {
    const settings = { ...methodDefaults('ia3'), targetModules: ['key_proj', 'value_proj', 'output.dense'] };
    // output.dense matches attention.output.dense too: 768 inputs beside 3072.
    expect(countParameters(debertaV3Base(), settings).adapter).toBe(12 * (768 + 768 + 768 + 3072));
  });

  test('head alone', () => {
    expect(countParameters(debertaV3Base(), methodDefaults('head'))).toEqual({ adapter: 0, head: 592_130 });
  });
});
