/** What every method promises, over all methods and the settings that change their behaviour. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { compile, float32, key, normal, sizeOf, tf, uniform, type HostTensor } from '@lomap/compile';
import { defaultMapSettings, type MapSettings } from '@lomap/map';
import { adapt } from './adapt.ts';
import { methodDefaults, methodNames } from './registry.ts';
import type { MethodSettings } from './settings.ts';
import { plainContext, tinyForward, tinyModel } from './testing/tiny-model.ts';

beforeAll(() => tf.setBackend('cpu'));

const cacheDirectory = mkdtempSync(join(tmpdir(), 'lomap-matrix-'));
afterAll(() => rmSync(cacheDirectory, { recursive: true, force: true }));

interface Row {
  readonly settings: MethodSettings;
  /** Local names of tensors with no gradient at the start, and why: the method's nature, not a bug. */
  readonly stillAtStart: readonly string[];
}

const targetModules = ['query', 'dense'];
const row = (name: string, changes: Partial<MethodSettings>, stillAtStart: readonly string[]): Row => ({
  settings: { ...methodDefaults(name), rank: 2, loraAlpha: 3, targetModules, ...changes },
  stillAtStart,
});
const bare = (name: string): Row => ({ settings: methodDefaults(name), stillAtStart: [] });
const lomap = (label: string, map: Partial<MapSettings>, stillAtStart: readonly string[]): Row =>
  row('lomap', { label, map: { ...defaultMapSettings, ...map } }, stillAtStart);

/** With B = 0, dA = 0, and β multiplies nothing. */
const paper = ['lora_A', 'map_beta'];
/** With β = 0, Δ has no effect yet. */
const betaZero = ['lora_A', 'lora_B'];
const pair = ['lora_A', 'map_beta_row', 'map_beta_column'];

const matrix: Row[] = [
  bare('head'),
  bare('scratch'),
  bare('full'),
  bare('bitfit'),
  row('lora', {}, ['lora_A']),
  row('lora', { label: 'regex', targetModules: '.*\\.(query|output\\.dense)' }, ['lora_A']),
  row('dora', {}, ['lora_A']),
  lomap('lomap', {}, paper),
  lomap('lomap, 3 % share', { betaStart: { share: 0.03 } }, paper),
  lomap('lomap, log', { parametrization: 'log' }, paper),
  lomap('lomap, relative', { parametrization: 'relative' }, paper),
  lomap('lomap, beta-zero', { start: 'beta-zero' }, betaZero),
  lomap('lomap, clamp', { epsilonMode: 'clamp' }, paper),
  lomap('lomap, detached', { detachNorm: true }, paper),
  lomap('lomap, frozen', { alpha: 'frozen', beta: 'frozen' }, ['lora_A']),
  lomap('lomap, rows', { baseScope: 'row', deltaScope: 'row' }, paper),
  lomap('lomap, columns', { baseScope: 'column', deltaScope: 'column' }, paper),
  lomap('lomap, both', { baseScope: 'both', deltaScope: 'both' }, pair),
  lomap('lomap, no norm', { baseScope: 'none', deltaScope: 'none' }, paper),
];

const shape = { n: 4, in: 5, out: 3 };
const input = (): tf.Tensor2D => tf.tensor2d(normal(key(2, 'x'), shape.n * shape.in), [shape.n, shape.in]);

function starting(settings: MethodSettings, moved: boolean) {
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

function expectClose(actual: tf.Tensor, expected: tf.Tensor, tolerance: number): void {
  expect(tf.max(tf.abs(tf.sub(actual, expected))).dataSync()[0]).toBeLessThan(tolerance);
}

const local = (name: string): string => name.slice(name.lastIndexOf('.') + 1);

test('every method of the registry is in the matrix', () => {
  expect(new Set(matrix.map(({ settings }) => settings.name))).toEqual(new Set(methodNames()));
});

describe.each(matrix)('$settings.label', ({ settings, stillAtStart }) => {
  test('starts as the base model, or from other weights altogether', () => {
    const start = (name: string) => (settings.name === 'scratch' ? tinyModel.fresh(name) : tinyModel.read(name));
    const weights = new Map(tinyModel.tensors.map((name) => [name, start(name)]));
    expectClose(starting(settings, false).logits(), tinyForward(plainContext(weights), input()), 1e-5);
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

  test('compiled equals eager: output and every gradient', async () => {
    for (const moved of [false, true]) {
      const { adaptation, params } = starting(settings, moved);
      const u = normal(key(2, 'u'), shape.n * shape.out);
      const logits = (own: tf.Tensor[], x: tf.Tensor): tf.Tensor2D =>
        tinyForward(adaptation.context(own, plainContext(new Map(), false)), x as tf.Tensor2D);
      const f = (own: tf.Tensor[], x: tf.Tensor): { output: tf.Tensor; gradients: tf.Tensor[] } => {
        const loss = (...given: tf.Tensor[]): tf.Scalar =>
          tf.sum(tf.mul(logits(given, x), tf.tensor2d(u, [shape.n, shape.out])));
        return { output: logits(own, x), gradients: tf.grads(loss)(own) };
      };
      const given = params.map((values, i) => float32(values, adaptation.specs[i]!.shape));
      const x = float32(normal(key(2, 'x'), shape.n * shape.in), [shape.n, shape.in]);
      const results: HostTensor[][] = [];
      for (const device of ['cpu', 'tfjs-cpu'] as const) {
        const run = await compile(f, {
          name: settings.label,
          inputs: [given.map(({ dtype, shape }) => ({ dtype, shape })), { dtype: x.dtype, shape: x.shape }],
          device: { device, threads: 1, optimizationLevel: 'all', prepacking: true },
          cacheDirectory,
        });
        const { output, gradients } = await run(given, x);
        await run.dispose();
        results.push([output, ...gradients]);
      }
      results[1]!.forEach((expected, i) => {
        const scale = Math.max(1, ...Array.from(expected.data, Math.abs));
        expected.data.forEach((value, j) => {
          expect(Math.abs(results[0]![i]!.data[j]! - value)).toBeLessThanOrEqual(2e-4 * scale);
        });
      });
    }
  });

  test('outside training dropout does nothing; in training the adapter alone sees it', () => {
    if (settings.rank === null) return;
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
      expect(spec.decay).toBe(spec.shape.length > 1);
      expect(spec.learningRateMultiplier).toBe(1);
    }
    expect(counts.adapter + counts.head).toBe(specs.reduce((sum, spec) => sum + sizeOf(spec.shape), 0));
    expect(counts.head).toBe(5 * 5 + 5 + 3 * 5 + 3);
  });

  test('summary: the update is 0 at the start and its size afterwards', () => {
    const { adaptation, params } = starting(settings, true);
    const before = adaptation.summary(adaptation.specs.map((spec) => spec.init(key(0))));
    for (const { updateNorm, baseNorm } of before) expect(updateNorm / baseNorm).toBeLessThan(1e-5);
    const merged = adaptation.merge(params);
    for (const { path, updateNorm } of adaptation.summary(params)) {
      const base = tinyModel.read(`${path}.weight`);
      const expected = Math.hypot(...merged.get(`${path}.weight`)!.map((value, i) => value - base[i]!));
      expect(updateNorm / expected).toBeCloseTo(1, 4);
    }
  });
});

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
