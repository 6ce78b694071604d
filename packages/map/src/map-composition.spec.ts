import { beforeAll, describe, expect, test } from '@jest/globals';
import { key, tf } from '@lomap/compile';
import { denseNorms } from './host.ts';
import { mapComposition } from './map-composition.ts';
import { defaultMapSettings, type MapSettings } from './settings.ts';
import { weightOf } from './testing.ts';
import { affine, expectClose, problem, RANK, SCALING, scopes, tall, wide } from './testing/problem.ts';
import type { HostValues, Weight } from './types.ts';
import { frozenWeight } from './weight.ts';

beforeAll(() => tf.setBackend('cpu'));

const cells = scopes.flatMap((baseScope) =>
  scopes.flatMap((deltaScope) =>
    (['raw', 'relative', 'log'] as const).map((parametrization) => ({ baseScope, deltaScope, parametrization })),
  ),
);

describe.each(cells)('W $baseScope, Δ $deltaScope, $parametrization', (cell) => {
  const settings: MapSettings = { ...defaultMapSettings, ...cell };

  test.each([wide, tall])('forward and gradients are those of the dense formula in float64: %j', (shape) => {
    const p = problem(settings, shape, { moved: true });
    expectClose(p.output(), affine(shape, p.n, p.x, p.dense(p.own), p.bias), 1e-5);
    const gradients = p.gradients();
    const loss = (values: HostValues): number =>
      affine(shape, p.n, p.x, p.dense(values), p.bias).reduce((sum, y, k) => sum + y * p.u[k]!, 0);
    for (const name of p.names) {
      const step = 1e-5;
      const differences = Array.from(p.own[name]!, (_, i) => {
        const at = (shift: number): number => {
          const values = Float64Array.from(p.own[name]!);
          values[i]! += shift;
          return loss({ ...p.own, [name]: values });
        };
        return (at(step) - at(-step)) / (2 * step);
      });
      expectClose(gradients[name]!, differences, 1e-4);
      expect(gradients[name]!.some((value) => value !== 0)).toBe(true);
    }
  });

  test('starts at W, with finite gradients, and exactly none for A', () => {
    const p = problem(settings, wide, { moved: false, zeroB: true });
    expectClose(p.dense(p.own), p.w.values(), 2e-5);
    expectClose(p.output(), affine(wide, p.n, p.x, p.w.values(), p.bias), 2e-5);
    const gradients = p.gradients();
    for (const values of Object.values(gradients)) expect(values.every(Number.isFinite)).toBe(true);
    expect(gradients['A']!.every((value) => value === 0)).toBe(true);
    expect(gradients['B']!.some((value) => value !== 0)).toBe(true);
  });
});

describe.each(scopes)('start beta-zero, Δ %s', (deltaScope) => {
  test.each(['raw', 'relative'] as const)('%s: exactly W with A and B random, and β moves', (parametrization) => {
    const settings: MapSettings = { ...defaultMapSettings, start: 'beta-zero', deltaScope, parametrization };
    const p = problem(settings, tall, { moved: false });
    expectClose(p.dense(p.own), p.w.values(), 1e-6);
    const gradients = p.gradients();
    const learned = deltaScope === 'both' ? 'map_beta_column' : 'map_beta';
    expect(gradients[learned]!.every((value) => value !== 0 && Number.isFinite(value))).toBe(true);
    expect(gradients['A']!.every((value) => value === 0)).toBe(true);
  });
});

describe('global scope', () => {
  /** The published formula as it reads, for plain autodiff. */
  const published =
    (w: Weight, detach: boolean, clamp: boolean) =>
    (x: tf.Tensor, a: tf.Tensor, b: tf.Tensor, alpha: tf.Tensor, beta: tf.Tensor) => {
      const delta = tf.matMul(b, a);
      const norm = detach ? tf.scalar(tf.norm(delta).dataSync()[0]!) : tf.norm(delta);
      const floor = (n: tf.Tensor): tf.Tensor => (clamp ? tf.maximum(n, 0.5) : tf.add(n, 0.5));
      const base = tf.mul(w.tensor(), tf.div(alpha, floor(tf.norm(w.tensor()))));
      return tf.matMul(x, tf.add(base, tf.mul(delta, tf.div(beta, floor(norm)))), false, true);
    };

  test.each([
    { detachNorm: false, epsilonMode: 'add' },
    { detachNorm: true, epsilonMode: 'add' },
    { detachNorm: false, epsilonMode: 'clamp' },
    { detachNorm: true, epsilonMode: 'clamp' },
  ] as const)('gradients are those of plain autodiff: %j', (choice) => {
    const settings: MapSettings = { ...defaultMapSettings, ...choice, epsilon: 0.5 };
    const p = problem(settings, wide, { moved: true });
    const formula = published(p.w, choice.detachNorm, choice.epsilonMode === 'clamp');
    const u = tf.tensor2d(p.u, [p.n, wide.out]);
    const inputs = [
      tf.tensor2d(p.x, [p.n, wide.in]),
      tf.tensor2d(p.own['A']!, [RANK, wide.in]),
      tf.tensor2d(p.own['B']!, [wide.out, RANK]),
      tf.scalar(p.own['map_alpha']![0]!),
      tf.scalar(p.own['map_beta']![0]!),
    ];
    const loss = (...[x, a, b, alpha, beta]: tf.Tensor[]): tf.Scalar =>
      tf.sum(tf.mul(formula(x!, a!, b!, alpha!, beta!), u)) as tf.Scalar;
    const expected = tf.grads(loss)(inputs);
    const actual = p.gradients();
    ['x', 'A', 'B', 'map_alpha', 'map_beta'].forEach((name, i) =>
      expectClose(actual[name]!, expected[i]!.dataSync(), 2e-5),
    );
  });

  test('‖Δ‖ below a clamped ε has no gradient of its own: Δ is divided by ε', () => {
    const p = problem({ ...defaultMapSettings, epsilonMode: 'clamp', epsilon: 1e3 }, wide, { moved: true });
    const q = problem({ ...defaultMapSettings, epsilonMode: 'clamp', epsilon: 1e3, detachNorm: true }, wide, {
      moved: true,
    });
    expectClose(p.gradients()['B']!, q.gradients()['B']!, 1e-6);
  });

  test('the norm makes the loss blind to the size of A and B: <A, dA> = <B, dB> = 0', () => {
    const p = problem({ ...defaultMapSettings, epsilon: 0, start: 'beta-zero' }, wide, { moved: true });
    const gradients = p.gradients();
    for (const name of ['A', 'B']) {
      const inner = p.own[name]!.reduce((sum, value, i) => sum + value * gradients[name]![i]!, 0);
      const size = Math.hypot(...p.own[name]!) * Math.hypot(...gradients[name]!);
      expect(Math.abs(inner) / size).toBeLessThan(1e-5);
    }
  });
});

describe('starts', () => {
  test.each(scopes.filter((scope) => scope !== 'none'))(
    'β₀ is the Frobenius norm of the update, Δ %s',
    (deltaScope) => {
      for (const [betaStart, expected] of [
        [{ absolute: 0.7 }, () => 0.7],
        [{ share: 0.03 }, (w: Weight) => 0.03 * w.norms('global')[0]!],
      ] as const) {
        const p = problem({ ...defaultMapSettings, deltaScope, betaStart }, tall, { moved: false });
        const update = p.dense(p.own).map((value, i) => value - p.w.values()[i]!);
        expect(denseNorms(tall, update, 'global')[0]! / expected(p.w)).toBeCloseTo(1, 3); // up to ε
      }
    },
  );

  test('the control αW + βΔ starts at α = 1 and β = LoRA’s scaling', () => {
    const p = problem({ ...defaultMapSettings, baseScope: 'none', deltaScope: 'none' }, wide, { moved: false });
    expect(p.own['map_alpha']).toEqual(Float32Array.of(1));
    expect(p.own['map_beta']).toEqual(Float32Array.of(SCALING));
  });

  test.each([
    ['row', [6]],
    ['column', [4]],
    ['global', []],
  ] as const)('α has the shape of W’s scope: %s %j', (baseScope, shape) => {
    const [alpha] = mapComposition({ ...defaultMapSettings, baseScope }, 1).params(weightOf(tall));
    expect(alpha!.shape).toEqual(shape);
    expect(alpha).toMatchObject({ decay: false, group: 'scalars' });
  });

  test('frozen magnitudes are no parameters; learned ones carry the multiplier', () => {
    const frozen = mapComposition({ ...defaultMapSettings, alpha: 'frozen', beta: 'frozen' }, 1);
    expect(frozen.params(weightOf(wide))).toEqual([]);
    const scaled = mapComposition({ ...defaultMapSettings, alpha: 'frozen', scalarLearningRateMultiplier: 10 }, 1);
    expect(scaled.params(weightOf(wide))).toMatchObject([{ name: 'map_beta', learningRateMultiplier: 10 }]);
  });

  test.each(scopes)('frozen magnitudes: forward is the dense formula, W %s', (scope) => {
    const settings: MapSettings = {
      ...defaultMapSettings,
      baseScope: scope,
      deltaScope: scope,
      alpha: 'frozen',
      beta: 'frozen',
    };
    const p = problem({ ...settings, epsilon: 0.3 }, tall, { moved: false });
    expectClose(p.output(), affine(tall, p.n, p.x, p.dense(p.own), p.bias), 1e-5);
  });
});

describe('zero rows of W', () => {
  const zeroRow = frozenWeight(
    'layer',
    { out: 2, in: 2 },
    () => Float32Array.of(0, 0, 3, 4),
    () =>
      tf.tensor2d([
        [0, 0],
        [3, 4],
      ]),
  );
  test('stay zero with an ε', () => {
    const composition = mapComposition({ ...defaultMapSettings, baseScope: 'row', alpha: 'frozen' }, 1);
    const merged = composition.weight(zeroRow, new Float64Array(4), { map_beta: [1] });
    expect([...merged.slice(0, 2)]).toEqual([0, 0]);
  });
  test('are refused without one, and by log, naming the row', () => {
    const noEpsilon = mapComposition({ ...defaultMapSettings, baseScope: 'row', start: 'beta-zero', epsilon: 0 }, 1);
    expect(() => noEpsilon.weight(zeroRow, Float64Array.of(1, 1, 1, 1), { map_alpha: [1, 1], map_beta: [1] })).toThrow(
      /layer, row norm of W: norm 0 is 0 and epsilon is 0/,
    );
    const log = mapComposition({ ...defaultMapSettings, baseScope: 'row', parametrization: 'log' }, 1);
    expect(() => log.params(zeroRow)[0]!.init(key(1))).toThrow(/entry 0 is 0/);
  });
});

test('summary: α against its start, β and where it began', () => {
  const p = problem(defaultMapSettings, wide, { moved: false });
  const alpha = p.own['map_alpha']!.map((value) => value * 1.1);
  const own = { ...p.own, map_alpha: alpha, map_beta: [0.8] };
  const summary = p.composition.summary!(p.w, own, new Float64Array(wide.out * wide.in));
  expect(summary.alphaChange).toBeCloseTo(0.1, 5);
  expect(summary).toMatchObject({ beta: 0.8, betaStart: 1 });
});
