/** A linear map under MAP, small enough for float64 references. For specs only. */
import { expect } from '@jest/globals';
import { key, normal, tf, uniform } from '@lomap/compile';
import { factoredInner, factoredSquaredNorm } from '../factored.ts';
import { denseProduct } from '../host.ts';
import { mapComposition } from '../map-composition.ts';
import type { MapSettings, Scope } from '../settings.ts';
import { weightOf } from '../testing.ts';
import type { Delta, HostValues, MatrixShape } from '../types.ts';

export const RANK = 2;
export const SCALING = 1.5;
export const scopes: Scope[] = ['global', 'row', 'column', 'both', 'none'];
/** Both sides of the rule that scales the narrower activations. */
export const wide: MatrixShape = { out: 4, in: 6 };
export const tall: MatrixShape = { out: 6, in: 4 };

/** BA with the norms of `factored.ts`. */
function product(shape: MatrixShape, a: tf.Tensor2D, b: tf.Tensor2D): Delta {
  return {
    ...shape,
    apply: (x) => tf.matMul(x, tf.matMul(b, a), false, true),
    dense: () => tf.matMul(b, a),
    squaredNorm: (along) => factoredSquaredNorm(a, b, along),
    inner: (w, along) => factoredInner(w, a, b, along),
    scale: (by, along) =>
      along === 'column'
        ? product(shape, tf.mul(a, by), b)
        : product(shape, a, tf.mul(b, along === 'row' ? tf.reshape(by as tf.Tensor, [shape.out, 1]) : by)),
  };
}

/** A problem with its parameters at the start (B = 0 or not), then each moved a little. */
export function problem(
  settings: MapSettings,
  shape: MatrixShape,
  { moved, zeroB = false }: { moved: boolean; zeroB?: boolean },
) {
  const w = weightOf(shape);
  const composition = mapComposition(settings, SCALING);
  const specs = composition.params(w);
  const move = (name: string, values: Float32Array): Float32Array =>
    moved ? values.map((value, i) => value + uniform(key(3, name), values.length, 0.05, 0.15)[i]!) : values;
  const own: Record<string, Float32Array> = {
    A: normal(key(1, 'A'), RANK * shape.in),
    B: zeroB ? new Float32Array(shape.out * RANK) : normal(key(1, 'B'), shape.out * RANK),
    ...Object.fromEntries(specs.map((spec) => [spec.name, move(spec.name, spec.init(key(1)))])),
  };
  const shapes: Record<string, number[]> = {
    A: [RANK, shape.in],
    B: [shape.out, RANK],
    ...Object.fromEntries(specs.map((spec) => [spec.name, [...spec.shape]])),
  };
  const names = Object.keys(own);
  const n = 3;
  const x = normal(key(1, 'x'), n * shape.in);
  const u = normal(key(1, 'u'), n * shape.out);
  const bias = normal(key(1, 'bias'), shape.out);
  const apply = (input: tf.Tensor2D, ...tensors: tf.Tensor[]): tf.Tensor2D => {
    const bound = Object.fromEntries(names.map((name, i) => [name, tensors[i]!]));
    const delta = product(shape, bound['A'] as tf.Tensor2D, bound['B'] as tf.Tensor2D);
    return composition.apply({ x: input, xDelta: input, bias: tf.tensor1d(bias) }, w, delta, bound);
  };
  const dense = (values: HostValues): Float64Array =>
    composition.weight(w, denseProduct(shape, values['A']!, values['B']!, RANK), values);
  const gradients = (): Record<string, Float32Array> => {
    const loss = (...[input, ...tensors]: tf.Tensor[]): tf.Scalar =>
      tf.sum(tf.mul(apply(input as tf.Tensor2D, ...tensors), tf.tensor2d(u, [n, shape.out]))) as tf.Scalar;
    const inputs = [tf.tensor2d(x, [n, shape.in]), ...names.map((name) => tf.tensor(own[name]!, shapes[name]!))];
    const found = tf.grads(loss)(inputs);
    return Object.fromEntries(['x', ...names].map((name, i) => [name, found[i]!.dataSync() as Float32Array]));
  };
  const output = (): Float32Array =>
    apply(
      tf.tensor2d(x, [n, shape.in]),
      ...names.map((name) => tf.tensor(own[name]!, shapes[name]!)),
    ).dataSync() as Float32Array;
  return { w, composition, specs, own, names, n, x, u, bias, dense, gradients, output };
}

/** x Mᵀ + bias in float64. */
export function affine(
  shape: MatrixShape,
  n: number,
  x: ArrayLike<number>,
  m: ArrayLike<number>,
  bias: ArrayLike<number>,
): number[] {
  return Array.from({ length: n * shape.out }, (_, k) => {
    const [row, o] = [Math.floor(k / shape.out), k % shape.out];
    let sum = bias[o]!;
    for (let i = 0; i < shape.in; i++) sum += x[row * shape.in + i]! * m[o * shape.in + i]!;
    return sum;
  });
}

export function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  const scale = Math.max(...Array.from(expected, Math.abs), 1e-3);
  const worst = Math.max(...Array.from(actual, (value, i) => Math.abs(value - expected[i]!)));
  expect(worst / scale).toBeLessThan(tolerance);
}
