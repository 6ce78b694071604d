/** Where updates start, how large their tensors are, and what they hold still: HF PEFT's values, worked out by hand. */
import { describe, expect, test } from '@jest/globals';
import { key } from '@lomap/compile';
import type { DeltaFamily, MatrixShape } from '@lomap/map';
import { weightOf } from '@lomap/map/testing';
import { deloraFamily } from '../methods/delora/delta.ts';
import { floraFamily } from '../methods/flora/delta.ts';
import { lohaFamily } from '../methods/loha/delta.ts';
import { lokrFamily } from '../methods/lokr/delta.ts';
import { splitDimension } from '../methods/lokr/split.ts';
import { veraFamily } from '../methods/vera/delta.ts';

const shape: MatrixShape = { out: 12, in: 20 };
const w = weightOf(shape);
const start = (family: DeltaFamily, name: string): Float32Array =>
  family
    .params(w)
    .find((spec) => spec.name === name)!
    .init(key(1, name));
const shapes = (family: DeltaFamily): unknown => family.params(w).map((spec) => [spec.name, [...spec.shape]]);
const largest = (values: Float32Array): number => Math.max(...values.map(Math.abs));
const zero = (values: Float32Array): boolean => values.every((value) => value === 0);

describe('LoKr splits dimensions as HF PEFT does', () => {
  test.each([
    [256, -1, [16, 16]],
    [128, -1, [8, 16]],
    [127, -1, [1, 127]],
    [128, 4, [4, 32]],
    [768, -1, [24, 32]],
    [3072, -1, [48, 64]],
    [384, 5, [4, 96]],
    [12, 6, [6, 2]],
  ])('%d, factor %d', (dimension, factor, expected) => {
    expect(splitDimension(dimension, factor)).toEqual(expected);
  });
});

test('LoKr: which matrix has factors follows the rank', () => {
  // 12 = 3·4, 20 = 4·5: w1 [3, 4], w2 [4, 5].
  expect(shapes(lokrFamily({ rank: 2, start: 'zero' }))).toEqual([
    ['lokr_w1', [3, 4]],
    ['lokr_w2_a', [4, 2]],
    ['lokr_w2_b', [2, 5]],
  ]);
  expect(shapes(lokrFamily({ rank: 3, start: 'zero' }))).toEqual([
    ['lokr_w1', [3, 4]],
    ['lokr_w2', [4, 5]],
  ]);
  expect(shapes(lokrFamily({ rank: 1, start: 'zero', decomposeBoth: true }))).toEqual([
    ['lokr_w1_a', [3, 1]],
    ['lokr_w1_b', [1, 4]],
    ['lokr_w2_a', [4, 1]],
    ['lokr_w2_b', [1, 5]],
  ]);
  expect(zero(start(lokrFamily({ rank: 1, start: 'zero', decomposeBoth: true }), 'lokr_w1_a'))).toBe(true);
  expect(() => lokrFamily({ rank: 1, start: 'zero', decomposeFactor: 0 })).toThrow(/decomposeFactor is a positive/);
});

test('LoHa: w2_b alone is 0, the others are within 1/√fan-in', () => {
  const family = lohaFamily({ rank: 4, start: 'zero' });
  expect(zero(start(family, 'hada_w2_b'))).toBe(true);
  expect(largest(start(family, 'hada_w1_a'))).toBeLessThanOrEqual(1 / 2);
  expect(largest(start(family, 'hada_w1_a'))).toBeGreaterThan(0.4);
  expect(largest(start(family, 'hada_w1_b'))).toBeLessThanOrEqual(Math.fround(1 / Math.sqrt(20)));
});

describe('VeRA', () => {
  const modules = [shape, { out: 30, in: 5 }];
  const family = (projectionPrngKey: number) =>
    veraFamily({ rank: 4, start: 'zero', projectionPrngKey, dInitial: 0.1, modules });
  test('λ_d starts at dInitial, λ_b at 0; nothing else trains', () => {
    expect(shapes(family(0))).toEqual([
      ['vera_lambda_d', [4]],
      ['vera_lambda_b', [12]],
    ]);
    expect(start(family(0), 'vera_lambda_d')).toEqual(new Float32Array(4).fill(0.1));
    expect(zero(start(family(0), 'vera_lambda_b'))).toBe(true);
  });
  test('the projections depend on the key, and smaller matrices have parts of the largest', () => {
    const ones = { vera_lambda_d: new Float32Array(4).fill(1), vera_lambda_b: new Float32Array(30).fill(1) };
    const dense = (seed: number, s: MatrixShape): Float64Array => family(seed).dense(weightOf(s), ones);
    expect(dense(0, shape)).toEqual(dense(0, shape));
    expect(dense(1, shape)).not.toEqual(dense(0, shape));
    const part = dense(0, { out: 2, in: 3 });
    const whole = dense(0, shape);
    expect([...part]).toEqual([0, 1, 2, 20, 21, 22].map((i) => whole[i]));
  });
  test('their variance is He’s: an entry of BA has 2/r · 2/in · r', () => {
    const rank = 64;
    const square = { out: 64, in: 64 };
    const he = veraFamily({ rank, start: 'ones', projectionPrngKey: 3, dInitial: 1, modules: [square] });
    const dense = he.dense(weightOf(square), {
      vera_lambda_d: new Float32Array(rank).fill(1),
      vera_lambda_b: new Float32Array(64).fill(1),
    });
    const variance = dense.reduce((sum, value) => sum + value * value, 0) / dense.length;
    expect(variance / (4 / 64)).toBeCloseTo(1, 0);
  });
});

describe('DeLoRA', () => {
  test('each of its terms has size λ/r before W’s column norms', () => {
    const family = deloraFamily({ rank: 1, start: 'kaiming', lambda: 6, learnsLambda: true });
    const own = {
      delora_A: start(family, 'delora_A'),
      delora_B: start(family, 'delora_B'),
      delora_lambda: [6],
    };
    const norms = w.norms('column');
    const dense = family.dense(w, own).map((value, i) => value / norms[i % 20]!);
    expect(Math.hypot(...dense)).toBeCloseTo(6, 5);
  });
  test('λ that has no effect is not trained', () => {
    const family = deloraFamily({ rank: 2, start: 'zero', lambda: 15, learnsLambda: false });
    expect(shapes(family)).toEqual([
      ['delora_A', [2, 20]],
      ['delora_B', [12, 2]],
    ]);
  });
  test('B = 0 is no update, and no division by zero', () => {
    const family = deloraFamily({ rank: 2, start: 'zero', lambda: 15, learnsLambda: true });
    const own = { delora_A: start(family, 'delora_A'), delora_B: start(family, 'delora_B'), delora_lambda: [15] };
    expect(family.dense(w, own).every((value) => value === 0)).toBe(true);
  });
});

test('FLoRA: the core alone is 0', () => {
  const family = floraFamily({ rank: 4, start: 'zero' });
  expect(zero(start(family, 'lora_G'))).toBe(true);
  expect(largest(start(family, 'lora_B'))).toBeGreaterThan(0.02);
  expect(largest(start(family, 'lora_B'))).toBeLessThan(0.1);
});
