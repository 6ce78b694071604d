/** What LoTR's matrices share, and that a shared tensor is one tensor everywhere. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { key, normal, tf } from '@lomap/compile';
import { adapt } from '../../adapt.ts';
import { countParameters } from '../../plan.ts';
import { methodDefaults } from '../../registry.ts';
import type { MethodSettings } from '../../settings.ts';
import { plainContext, tinyForward, tinyModel } from '../../testing/tiny-model.ts';
import type { BaseModelShapes } from '../../types.ts';

beforeAll(() => tf.setBackend('cpu'));

/** Both layers' queries [5, 5], and one output [5, 6]. */
const settings: MethodSettings = {
  ...methodDefaults('lotr'),
  rank: 2,
  loraAlpha: 3,
  targetModules: ['query', 'layer.1.output.dense'],
};

describe('LoTR', () => {
  test('factors are shared by shape, cores are not; all are there once', () => {
    const { specs, counts } = adapt(tinyModel, settings);
    expect(specs.filter(({ group }) => group === 'adapter').map(({ name, shape }) => [name, [...shape]])).toEqual([
      ['lotr.5x5.lotr_A', [2, 5]],
      ['lotr.5x5.lotr_B', [5, 2]],
      ['encoder.layer.0.query.lotr_M', [2, 2]],
      ['encoder.layer.1.query.lotr_M', [2, 2]],
      ['lotr.5x6.lotr_A', [2, 6]],
      ['lotr.5x6.lotr_B', [5, 2]],
      ['encoder.layer.1.output.dense.lotr_M', [2, 2]],
    ]);
    expect(counts.adapter).toBe(10 + 10 + 12 + 10 + 3 * 4);
  });

  test('the authors’ example: RoBERTa-base, queries and values, rank 2, has 595,298 - 592,130 parameters', () => {
    const linears = Array.from({ length: 12 }, (_, i) => `roberta.encoder.layer.${i}.attention.self`).flatMap((path) =>
      ['query', 'key', 'value'].map((name) => ({ path: `${path}.${name}`, out: 768, in: 768, bias: true })),
    );
    const model: BaseModelShapes = { linears, head: [], tensors: [], shape: () => [] };
    const counts = countParameters(model, { ...settings, targetModules: ['query', 'value'] });
    expect(counts.adapter).toBe(595_298 - 592_130);
  });

  test('factors start N(0, 1), cores 0', () => {
    const { specs } = adapt(tinyModel, { ...settings, rank: 200 });
    const start = (suffix: string): Float32Array => specs.find(({ name }) => name.endsWith(suffix))!.init(key(0));
    for (const name of ['lotr_A', 'lotr_B']) {
      const values = start(name);
      expect(values.reduce((sum, value) => sum + value * value, 0) / values.length).toBeCloseTo(1, 0);
    }
    expect(start('lotr_M').every((value) => value === 0)).toBe(true);
  });

  test('merging puts the shared factors into every matrix: W + (α/r) B M A by hand', () => {
    const adaptation = adapt(tinyModel, settings);
    const { specs } = adaptation;
    const params = specs.map(({ name, init }) => {
      const values = init(key(1));
      return values.map((value, i) => value + normal(key(2, name), values.length)[i]!);
    });
    const of = (name: string): Float32Array => params[specs.findIndex((spec) => spec.name === name)]!;
    const merged = adaptation.merge(params);
    const [a, b] = [of('lotr.5x5.lotr_A'), of('lotr.5x5.lotr_B')];
    for (const path of ['encoder.layer.0.query', 'encoder.layer.1.query']) {
      const [w, m] = [tinyModel.read(`${path}.weight`), of(`${path}.lotr_M`)];
      const expected = [...w].map((value, k) => {
        const [o, i] = [Math.floor(k / 5), k % 5];
        let sum = 0;
        for (const r of [0, 1]) for (const s of [0, 1]) sum += b[2 * o + r]! * m[2 * r + s]! * a[5 * s + i]!;
        return value + (3 / 2) * sum;
      });
      merged.get(`${path}.weight`)!.forEach((value, k) => expect(value).toBeCloseTo(expected[k]!, 4));
    }
  });

  test('a shared factor’s gradient is the sum over the matrices that have it', () => {
    const adaptation = adapt(tinyModel, settings);
    const { specs } = adaptation;
    const tensors = specs.map(({ name, shape, init }) => {
      const values = init(key(1));
      return tf.tensor(
        values.map((value, i) => value + normal(key(2, name), values.length, 0, 0.1)[i]!),
        [...shape],
      );
    });
    const x = tf.tensor2d(normal(key(3, 'x'), 20), [4, 5]);
    const shared = specs.findIndex(({ name }) => name === 'lotr.5x5.lotr_A');
    /** The output where the first layer's query sees `first` for A and the second layer's sees `second`. */
    const logits = (first: tf.Tensor, second: tf.Tensor): tf.Scalar => {
      const withA = (a: tf.Tensor) =>
        adaptation.context(
          tensors.map((own, i) => (i === shared ? a : own)),
          plainContext(),
        );
      const contexts = [withA(first), withA(second)];
      const linear = (path: string, input: tf.Tensor2D): tf.Tensor2D =>
        contexts[path === 'encoder.layer.0.query' ? 0 : 1]!.linear(path, input);
      return tf.sum(tinyForward({ ...contexts[0]!, linear }, x));
    };
    const a = tensors[shared]!;
    const whole = tf
      .grad((given: tf.Tensor) => logits(given, given))(a)
      .dataSync();
    const [first, second] = tf
      .grads(logits)([a, a.clone()])
      .map((gradient) => gradient.dataSync());
    whole.forEach((value, i) => expect(value).toBeCloseTo(first![i]! + second![i]!, 4));
    expect(Math.hypot(...first!)).toBeGreaterThan(1e-3);
    expect(Math.hypot(...second!)).toBeGreaterThan(1e-3);
  });
});
