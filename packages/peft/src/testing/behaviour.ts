/** What every method promises, as tests of a row of the matrix. For specs only. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { compile, float32, key, normal, sizeOf, tf, uniform, type HostTensor } from '@lomap/compile';
import type { ParamSpec } from '@lomap/map';
import { adapt } from '../adapt.ts';
import type { MethodSettings } from '../settings.ts';
import { referenceLoss } from './reference.ts';
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

/** How far float32 gradients may be from differences in float64, over the gradient's norm. */
const GRADIENT_TOLERANCE = 5e-5;
/** Outputs and gradients of the two backends, and outputs of merged weights, over the largest entry. */
const COMPILED_TOLERANCE = 5e-5;
const MERGED_TOLERANCE = 2e-6;

const largest = (tensor: tf.Tensor): number => tf.max(tf.abs(tensor)).dataSync()[0]!;
const differ = (a: Float32Array, b: Float32Array): boolean => a.some((value, i) => value !== b[i]);

const local = (name: string): string => name.slice(name.lastIndexOf('.') + 1);

/** The indices of the tensors by whose gradients an error of this one's is judged: its own, or those of its matrix. */
function beside(name: string, cancelled: readonly string[], specs: readonly ParamSpec[]): number[] {
  const path = cancelled.includes(local(name)) ? name.slice(0, name.lastIndexOf('.') + 1) : name;
  return specs.flatMap((spec, i) => (spec.name.startsWith(path) ? [i] : []));
}

/** Declares the tests of these rows. */
export function describeBehaviour(rows: readonly Row[]): void {
  beforeAll(() => tf.setBackend('cpu'));

  const cacheDirectory = mkdtempSync(join(tmpdir(), 'lomap-matrix-'));
  afterAll(() => rmSync(cacheDirectory, { recursive: true, force: true }));

  describe.each(rows)('$settings.label', ({ settings, stillAtStart, cancelled = [] }) => {
    // EDoRA's R starts N(0, 1e-10), not 0.
    const startTolerance = ['edora', 'bora+edora'].includes(settings.name) ? 1e-3 : 1e-5;

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

    test('merged weights give the adapted output; unmerging gives the base back bit for bit, which nothing wrote to', () => {
      // Weights that stay where they are, so that a write would be seen, and what they were.
      const weights = new Map(tinyModel.tensors.map((name) => [name, tinyModel.read(name)]));
      const before = new Map([...weights].map(([name, values]) => [name, values.slice()]));
      const { params, logits } = starting(settings, true);
      const adaptation = adapt({ ...tinyModel, read: (name) => weights.get(name)! }, settings);
      const merged = adaptation.merge(params);
      expect(weights).toEqual(before);
      const expected = logits();
      expectClose(tinyForward(plainContext(merged), input()), expected, MERGED_TOLERANCE * largest(expected));
      // As one does who loads them into the model, and takes them out again.
      const used = new Map([...weights, ...merged]);
      const unchanged = [...merged.keys()].filter((name) => !differ(used.get(name)!, before.get(name)!));
      // (IA)³ merges the bias of each of its modules, and changes those that are scaled at their output.
      expect(unchanged.filter((name) => !(settings.name === 'ia3' && name.endsWith('.bias')))).toEqual([]);
      for (const [name, values] of adaptation.unmerge()) used.set(name, values);
      expect(used).toEqual(before);
      const base = tinyForward(plainContext(before), input());
      expectClose(tinyForward(plainContext(used), input()), base, Number.MIN_VALUE);
    });

    test('away from the start every gradient is a finite difference in float64, detached norms held at the point', () => {
      const { adaptation, params, gradients } = starting(settings, true);
      const x = normal(key(2, 'x'), shape.n * shape.in);
      const { loss, heldError } = referenceLoss(settings, params, x, normal(key(2, 'u'), shape.n * shape.out));
      expect(heldError).toBeLessThan(1e-12);
      const found = gradients();
      adaptation.specs.forEach(({ name }, i) => {
        const direction = normal(key(8, name), params[i]!.length);
        const lossAt = (by: number): number =>
          loss(params.map((own, k) => (k === i ? Float64Array.from(own, (v, j) => v + by * direction[j]!) : own)));
        const step = 5e-4;
        // Of fourth order.
        const difference = (8 * (lossAt(step) - lossAt(-step)) - (lossAt(2 * step) - lossAt(-2 * step))) / (12 * step);
        const derivative = found[i]!.reduce((sum, value, j) => sum + value * direction[j]!, 0);
        const sizes = beside(name, cancelled, adaptation.specs).map((k) => Math.hypot(...found[k]!));
        const error = Math.abs(difference - derivative) / Math.max(...sizes);
        expect([name, error < GRADIENT_TOLERANCE ? 0 : error]).toEqual([name, 0]);
      });
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
          // Relative to the tensor's own largest entry: what is 0 is 0 in both.
          const compared =
            i === 0 ? [0] : beside(adaptation.specs[i - 1]!.name, cancelled, adaptation.specs).map((k) => k + 1);
          const scale = Math.max(...compared.flatMap((k) => Array.from(results[1]![k]!.data, Math.abs)));
          const worst = Math.max(...Array.from(expected.data, (v, j) => Math.abs(results[0]![i]!.data[j]! - v)));
          const name = i === 0 ? 'output' : adaptation.specs[i - 1]!.name;
          expect([name, moved, worst <= COMPILED_TOLERANCE * scale ? 0 : worst / scale]).toEqual([name, moved, 0]);
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
        const plus = /^lora_B$|magnitude/.test(name);
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
