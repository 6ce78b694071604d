/**
 * AdaLoRA's update and penalty against HF PEFT 0.21.2 (PyTorch 2.15).
 *
 * How the values were made: `get_peft_model` with AdaLoraConfig(init_r=3, target_r=1, lora_alpha=6) on a module of
 * first = Linear(4, 3) and second = Linear(3, 2); entry i of the c-th of first.A, first.B, first.E, second.A, second.B,
 * second.E set to sin(0.7 i + c); then `first.get_delta_weight` and the sum of AdaLoraModel.forward's penalty times .1.
 */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { key, normal, sizeOf, tf } from '@lomap/compile';
import { adapt } from '../../adapt.ts';
import { countParameters } from '../../plan.ts';
import { methodDefaults } from '../../registry.ts';
import type { MethodSettings } from '../../settings.ts';
import { tinyModel } from '../../testing/tiny-model.ts';
import type { BaseModel, LinearModule } from '../../types.ts';

beforeAll(() => tf.setBackend('cpu'));

const linears: LinearModule[] = [
  { path: 'first', out: 3, in: 4, bias: true },
  { path: 'second', out: 2, in: 3, bias: true },
];
const shapes = new Map(linears.map(({ path, out, in: columns }) => [`${path}.weight`, [out, columns]]));
const model: BaseModel = {
  linears,
  head: [],
  tensors: [...shapes.keys()],
  shape: (name) => shapes.get(name)!,
  read: (name) => new Float32Array(sizeOf(shapes.get(name)!)),
  fresh: (name) => model.read(name),
  frozen: (name) => tf.zeros([...shapes.get(name)!]),
};
const settings: MethodSettings = {
  ...methodDefaults('adalora'),
  ...{ rank: 1, initR: 3, loraAlpha: 6, targetModules: ['first', 'second'] },
};
const peftDelta = [
  ...[0.5018702, 0.6827, 0.5424453, 0.1470701, -0.4905741, 0.2405707],
  ...[0.8585714, 1.0727725, -0.0065414, -0.9256024, -1.4093384, -1.2302402],
];
const peftPenalty = 0.29276371;

const adaptation = adapt(model, settings);
const { specs, penalty, betweenSteps, keptParameters } = adaptation;
const params = specs.map(({ shape }, c) =>
  Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(0.7 * i + c)),
);
const tensors = (): tf.Tensor[] => params.map((values, i) => tf.tensor(values, [...specs[i]!.shape]));

describe('AdaLoRA', () => {
  test('names and shapes are PEFT’s; P and Q start N(0, .02²), Λ at 0', () => {
    expect(specs.slice(0, 3).map(({ name, shape }) => [name, shape])).toEqual([
      ['first.lora_A', [3, 4]],
      ['first.lora_B', [3, 3]],
      ['first.lora_E', [3, 1]],
    ]);
    const large = adapt(tinyModel, { ...settings, targetModules: ['query'], initR: 300 }).specs;
    const deviation = (at: number): number => Math.hypot(...large[at]!.init(key(1))) / Math.sqrt(1500);
    expect(deviation(0)).toBeCloseTo(0.02, 3);
    expect(deviation(1)).toBeCloseTo(0.02, 3);
    expect(large[2]!.init(key(1)).every((value) => value === 0)).toBe(true);
  });

  test('the update, scaling included, is PEFT’s', () => {
    adaptation
      .merge(params)
      .get('first.weight')!
      .forEach((value, i) => expect(value).toBeCloseTo(peftDelta[i]!, 6));
  });

  test('the penalty is PEFT’s, and its gradient is a finite difference', () => {
    expect(penalty!(tensors()).dataSync()[0]).toBeCloseTo(peftPenalty, 6);
    // Λ has no part in it.
    const [trained, values] = [[0, 1, 3, 4], tensors()];
    const of = (own: readonly tf.Tensor[]): tf.Scalar =>
      penalty!(values.map((value, i) => own[trained.indexOf(i)] ?? value));
    const own = trained.map((i) => values[i]!);
    const directions = own.map(({ shape }, i) => tf.tensor(normal(key(5, i), sizeOf(shape)), shape));
    const at = (by: number): number =>
      of(own.map((value, i) => tf.add(value, tf.mul(directions[i]!, by)))).dataSync()[0]!;
    const derivative = tf
      .grads((...given: tf.Tensor[]) => of(given))(own)
      .reduce((sum, gradient, i) => sum + tf.sum(tf.mul(gradient, directions[i]!)).dataSync()[0]!, 0);
    expect((at(5e-3) - at(-5e-3)) / 1e-2).toBeCloseTo(derivative, 3);
    expect(Math.abs(derivative)).toBeGreaterThan(0.01);
  });

  test('at orthonormal P and Q the penalty and its gradient are 0; without a weight there is none', () => {
    const whole = adapt(tinyModel, { ...settings, targetModules: ['layer.0.query'], initR: 5 });
    const own = whole.specs.map(({ name, shape }) => (/lora_[AB]$/.test(name) ? tf.eye(5) : tf.zeros([...shape])));
    expect(whole.penalty!(own).dataSync()[0]).toBe(0);
    const [a] = own;
    const gradient = tf.grad((given: tf.Tensor) => whole.penalty!([given, ...own.slice(1)]))(a!);
    expect([...gradient.dataSync()].every((value) => value === 0)).toBe(true);
    expect(adapt(model, { ...settings, orthRegWeight: 0 }).penalty).toBeUndefined();
    expect(adapt(model, { ...methodDefaults('lora'), targetModules: ['first'] }).penalty).toBeUndefined();
  });

  test('takes ranks away between steps, found by their tensors’ names, and says in the summary what is left', () => {
    const schedule = { targetRank: 1, tinit: 0.1, tfinal: 0.5, deltaT: 10, beta1: 0.85, beta2: 0.85 };
    expect(betweenSteps!.settings).toEqual(schedule);
    const places = new Map(specs.map(({ name, shape }) => [name, { offset: 0, size: sizeOf(shape) }] as const));
    expect(
      betweenSteps!
        .bind(places, new Array(100).fill(1e-3))
        .fresh()
        .map(({ length }) => length),
    ).toEqual([42, 42, 6]);
    places.delete('second.lora_E');
    expect(() => betweenSteps!.bind(places, new Array(100).fill(1e-3))).toThrow(
      'second.lora_E, whose ranks are allocated, is not among',
    );
    const pruned = params.map((values, i) => (i === 2 ? Float32Array.of(0, 0.5, 0) : values));
    expect(adaptation.summary(pruned).map(({ rank }) => rank)).toEqual([1, 3]);
    expect(keptParameters!(pruned)).toBe(1 * (4 + 3 + 1) + 3 * (3 + 2 + 1));
    expect(keptParameters!(params)).toBe(3 * 8 + 3 * 6);
    const [lora] = adapt(model, { ...methodDefaults('lora'), targetModules: ['first'] }).summary([
      new Float32Array(32),
      new Float32Array(24),
    ]);
    expect(lora).not.toHaveProperty('rank');
    expect(adapt(model, { ...methodDefaults('lora'), targetModules: ['first'] }).betweenSteps).toBeUndefined();
  });

  test('nothing of r² values is made for the parameters of a large rank', () => {
    const large = { ...settings, initR: 1e6, targetModules: ['first'] };
    expect(countParameters(model, large).adapter).toBe(1e6 * (3 + 4 + 1));
  });

  test('the initial rank is 1.5 times the target, rounded up, where it is not given', () => {
    const rankOf = (rank: number): number =>
      adapt(model, { ...methodDefaults('adalora'), rank, targetModules: ['first'] }).specs[0]!.shape[0]!;
    expect([1, 2, 4, 8].map(rankOf)).toEqual([2, 3, 6, 12]);
  });
});
