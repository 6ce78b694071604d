/** What every method promises, as tests of a row of the matrix. For specs only. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { compile, float32, key, normal, sizeOf, tf, uniform, type HostTensor } from '@lomap/compile';
import { adapt } from '../adapt.ts';
import type { MethodSettings } from '../settings.ts';
import type { Row } from './rows.ts';
import { plainContext, tinyForward, tinyModel } from './tiny-model.ts';

const shape = { n: 4, in: 5, out: 3 };
const input = (): tf.Tensor2D => tf.tensor2d(normal(key(2, 'x'), shape.n * shape.in), [shape.n, shape.in]);

/** An adaptation of the tiny model with its parameters at the start, or each moved a little. */
export function starting(settings: MethodSettings, moved: boolean) {
  const adaptation = adapt(tinyModel, settings);
  const params = adaptation.specs.map((spec) => {
    const values = spec.init(key(0));
    const noise = uniform(key(9, spec.name), values.length, 0.05, 0.2);
    return moved ? values.map((value, i) => value + noise[i]!) : values;
  });
  const tensors = (): tf.Tensor[] => params.map((values, i) => tf.tensor(values, [...adaptation.specs[i]!.shape]));
  const logits = (given: tf.Tensor[] = tensors(), training = false): tf.Tensor2D =>
    tinyForward(adaptation.context(given, plainContext(new Map(), training)), input());
  const gradients = (training = false): Float32Array[] => {
    const u = tf.tensor2d(normal(key(2, 'u'), shape.n * shape.out), [shape.n, shape.out]);
    const loss = (...given: tf.Tensor[]): tf.Scalar => tf.sum(tf.mul(logits(given, training), u)) as tf.Scalar;
    return tf
      .grads(loss)(tensors())
      .map((gradient) => gradient.dataSync() as Float32Array);
  };
  return { adaptation, params, logits, gradients };
}

export function expectClose(actual: tf.Tensor, expected: tf.Tensor, tolerance: number): void {
  expect(tf.max(tf.abs(tf.sub(actual, expected))).dataSync()[0]).toBeLessThan(tolerance);
}

const local = (name: string): string => name.slice(name.lastIndexOf('.') + 1);

/** Declares the tests of these rows. */
export function describeBehaviour(rows: readonly Row[]): void {
  beforeAll(() => tf.setBackend('cpu'));

  const cacheDirectory = mkdtempSync(join(tmpdir(), 'lomap-matrix-'));
  afterAll(() => rmSync(cacheDirectory, { recursive: true, force: true }));

  describe.each(rows)('$settings.label', ({ settings, stillAtStart, surrogate }) => {
    // EDoRA's R starts N(0, 1e-10), not 0.
    const startTolerance = settings.name === 'edora' ? 1e-3 : 1e-5;

    test('starts as the base model, or from other weights altogether', () => {
      const start = (name: string) => (settings.name === 'scratch' ? tinyModel.fresh(name) : tinyModel.read(name));
      const weights = new Map(tinyModel.tensors.map((name) => [name, start(name)]));
      expectClose(starting(settings, false).logits(), tinyForward(plainContext(weights), input()), startTolerance);
    });

    test('at the start every parameter has a gradient, except exactly the documented ones', () => {
      const { adaptation, gradients } = starting(settings, false);
      const still = new Set<string>();
      gradients().forEach((values, i) => {
        expect(values.every(Number.isFinite)).toBe(true);
        if (values.every((value) => value === 0)) still.add(local(adaptation.specs[i]!.name));
      });
      expect(still).toEqual(new Set(stillAtStart));
    });

    test('away from the start every parameter moves', () => {
      const { adaptation, gradients } = starting(settings, true);
      gradients().forEach((values, i) => {
        const moves = values.some((value) => value !== 0) && values.every(Number.isFinite);
        expect([adaptation.specs[i]!.name, moves]).toEqual([adaptation.specs[i]!.name, true]);
      });
    });

    test('merged weights give the adapted output, and unmerging gives the base back bit for bit', () => {
      const { adaptation, params, logits } = starting(settings, true);
      const merged = adaptation.merge(params);
      expectClose(logits(), tinyForward(plainContext(merged), input()), 1e-4);
      const restored = adaptation.unmerge();
      expect([...restored.keys()]).toEqual([...merged.keys()]);
      for (const [name, values] of restored) expect(values).toEqual(tinyModel.read(name));
    });

    test('away from the start gradients are finite differences, except where a norm is left out by design', () => {
      const { adaptation, params, logits, gradients } = starting(settings, true);
      const u = tf.tensor2d(normal(key(2, 'u'), shape.n * shape.out), [shape.n, shape.out]);
      const found = gradients();
      const names = adaptation.specs.map((spec) => (spec.group === 'head' ? 'head' : local(spec.name)));
      // One direction for all tensors of one name.
      for (const name of new Set(names.filter((name) => !surrogate.includes(name)))) {
        const directions = adaptation.specs.map((spec, i) =>
          names[i] === name ? normal(key(8, spec.name), params[i]!.length) : new Float32Array(params[i]!.length),
        );
        const length = Math.hypot(...directions.flatMap((values) => [...values]));
        const lossAt = (by: number): number => {
          const given = params.map((own, i) => own.map((value, j) => value + by * directions[i]![j]!));
          const tensors = given.map((values, i) => tf.tensor(values, [...adaptation.specs[i]!.shape]));
          return tf.sum(tf.mul(logits(tensors), u)).dataSync()[0]!;
        };
        const step = 4e-3 / length;
        const difference = (lossAt(step) - lossAt(-step)) / (2 * step);
        const products = directions.map((values, i) =>
          values.reduce((sum, value, j) => sum + value * found[i]![j]!, 0),
        );
        const derivative = products.reduce((sum, value) => sum + value, 0);
        const own = found.filter((_, i) => names[i] === name).flatMap((values) => [...values]);
        const error = Math.abs(difference - derivative) / (length * (Math.hypot(...own) + 0.05));
        expect([name, error < 5e-3 ? 0 : error]).toEqual([name, 0]);
      }
    });

    test('compiled equals eager: output and every gradient, at the start and away from it', async () => {
      const { adaptation } = starting(settings, false);
      const u = normal(key(2, 'u'), shape.n * shape.out);
      const logits = (own: tf.Tensor[], x: tf.Tensor): tf.Tensor2D =>
        tinyForward(adaptation.context(own, plainContext(new Map(), false)), x as tf.Tensor2D);
      const f = (own: tf.Tensor[], x: tf.Tensor): { output: tf.Tensor; gradients: tf.Tensor[] } => {
        const loss = (...given: tf.Tensor[]): tf.Scalar =>
          tf.sum(tf.mul(logits(given, x), tf.tensor2d(u, [shape.n, shape.out])));
        return { output: logits(own, x), gradients: tf.grads(loss)(own) };
      };
      const x = float32(normal(key(2, 'x'), shape.n * shape.in), [shape.n, shape.in]);
      const compiledFor = (device: 'cpu' | 'tfjs-cpu') =>
        compile(f, {
          name: settings.label,
          inputs: [
            adaptation.specs.map((spec) => ({ dtype: 'float32' as const, shape: spec.shape })),
            { dtype: x.dtype, shape: x.shape },
          ],
          device: { device, threads: 1, optimizationLevel: 'all', prepacking: true },
          cacheDirectory,
        });
      const [run, reference] = [await compiledFor('cpu'), await compiledFor('tfjs-cpu')];
      for (const moved of [false, true]) {
        const given = starting(settings, moved).params.map((values, i) => float32(values, adaptation.specs[i]!.shape));
        const results = [await run(given, x), await reference(given, x)].map(({ output, gradients }): HostTensor[] => [
          output,
          ...gradients,
        ]);
        results[1]!.forEach((expected, i) => {
          const scale = Math.max(1, ...Array.from(expected.data, Math.abs));
          expected.data.forEach((value, j) => {
            expect(Math.abs(results[0]![i]!.data[j]! - value)).toBeLessThanOrEqual(2e-4 * scale);
          });
        });
      }
      await run.dispose();
      await reference.dispose();
    });

    test('outside training dropout does nothing; in training the adapter alone sees it', () => {
      if (settings.rank === null || settings.initLoraWeights === 'pissa') return;
      const dropped = starting({ ...settings, adapterDropout: 0.5 }, true);
      expectClose(dropped.logits(undefined, false), starting(settings, true).logits(), 1e-6);
      const difference = tf.sub(dropped.logits(undefined, true), dropped.logits(undefined, false));
      expect(tf.max(tf.abs(difference)).dataSync()[0]).toBeGreaterThan(1e-3);
      for (const values of dropped.gradients(true)) expect(values.every(Number.isFinite)).toBe(true);
    });

    test('specs: unique names, values that fill their shapes and repeat, counts that add up', () => {
      const { specs, counts } = adapt(tinyModel, settings);
      expect(new Set(specs.map(({ name }) => name)).size).toBe(specs.length);
      for (const spec of specs) {
        const values = spec.init(key(4));
        expect(values.length).toBe(sizeOf(spec.shape));
        expect(spec.init(key(4))).toEqual(values);
        const name = local(spec.name);
        expect(spec.decay).toBe(spec.shape.length > 1 && name !== 'ia3_l');
        const plus = ['lora_B', 'lora_magnitude_vector'].includes(name);
        expect(spec.learningRateMultiplier).toBe(plus ? (settings.loraPlusRatio ?? 1) : 1);
      }
      expect(counts.adapter + counts.head).toBe(specs.reduce((sum, spec) => sum + sizeOf(spec.shape), 0));
      expect(counts.head).toBe(5 * 5 + 5 + 3 * 5 + 3);
    });

    test('summary: the update is 0 at the start and its size afterwards', () => {
      const { adaptation, params } = starting(settings, true);
      const before = adaptation.summary(adaptation.specs.map((spec) => spec.init(key(0))));
      for (const { updateNorm, baseNorm } of before) expect(updateNorm / baseNorm).toBeLessThan(startTolerance);
      const merged = adaptation.merge(params);
      for (const { path, updateNorm } of adaptation.summary(params)) {
        const base = tinyModel.read(`${path}.weight`);
        const expected = Math.hypot(...merged.get(`${path}.weight`)!.map((value, i) => value - base[i]!));
        expect(updateNorm / expected).toBeCloseTo(1, 4);
      }
    });
  });
}
