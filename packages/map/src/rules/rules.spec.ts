import { beforeAll, describe, expect, test } from '@jest/globals';
import { tf } from '@lomap/compile';
import { denseNorms } from '../host.ts';
import { mapComposition } from '../map-composition.ts';
import { checkMapSettings, defaultMapSettings, type MapSettings } from '../settings.ts';
import { weightOf } from '../testing.ts';
import { affine, expectClose, problem, SCALING, tall, wide } from '../testing/problem.ts';
import type { HostValues } from '../types.ts';
import { magnitudeRules, magnitudesOf, registerMagnitudeRule } from './registry.ts';
import type { MagnitudesSettings, RuleRun } from './rule.ts';

beforeAll(() => tf.setBackend('cpu'));

const under = (magnitudes: MagnitudesSettings, changes: Partial<MapSettings> = {}): MapSettings => ({
  ...defaultMapSettings,
  ...changes,
  magnitudes,
});
const w = weightOf(wide);
const norm = w.norms('global')[0]!;
const start = (settings: MapSettings, name: string): Float32Array =>
  mapComposition(settings, SCALING)
    .params(w)
    .find((spec) => spec.name === name)!
    .init({ seed: 0 } as never);
const schedule = (settings: MapSettings, run: Partial<RuleRun>): ((t: number) => number) => {
  const { rule, constants } = magnitudesOf(settings)!;
  return rule.schedule!(w, constants, { learningRates: [], rank: 2, scaling: 2, ...run });
};

/** Gradients of the composition by finite differences of its dense formula in float64. */
function expectDifferences(settings: MapSettings, shape = wide): void {
  const p = problem(settings, shape, { moved: true });
  expectClose(p.output(), affine(shape, p.n, p.x, p.dense(p.own), p.bias), 1e-5);
  const gradients = p.gradients();
  const loss = (values: HostValues): number =>
    affine(shape, p.n, p.x, p.dense(values), p.bias).reduce((sum, y, k) => sum + y * p.u[k]!, 0);
  const trained = p.names.filter((name) => !p.specs.some((spec) => spec.name === name && spec.scheduled));
  for (const name of trained) {
    const differences = Array.from(p.own[name]!, (_, i) => {
      const at = (shift: number): number => {
        const values = Float64Array.from(p.own[name]!);
        values[i]! += shift;
        return loss({ ...p.own, [name]: values });
      };
      return (at(1e-5) - at(-1e-5)) / 2e-5;
    });
    expectClose(gradients[name]!, differences, 1e-4);
    expect(gradients[name]!.some((value) => value !== 0)).toBe(true);
  }
}

describe('sizes', () => {
  test('share and width are β₀ = ρ‖W‖_F and c√out, and β trains from there', () => {
    expect(start(under({ rule: 'share', rho: 0.1 }), 'map_beta')[0]).toBeCloseTo(0.1 * norm, 5);
    expect(start(under({ rule: 'width', c: 0.5 }), 'map_beta')[0]).toBeCloseTo(0.5 * Math.sqrt(wide.out), 5);
    expectDifferences(under({ rule: 'width', c: 0.5 }));
  });

  test('by rows each entry is β₀/√out', () => {
    const beta = start(under({ rule: 'width', c: 0.5 }, { baseScope: 'row', deltaScope: 'row' }), 'map_beta');
    expect(Array.from(beta)).toEqual(new Array(wide.out).fill(0.5));
  });
});

describe('schedules', () => {
  test('lora-equivalent is κ s √(out·r/3) times the sum of the learning rates up to the step', () => {
    const beta = schedule(under({ rule: 'lora-equivalent', kappa: 0.5 }), { learningRates: [0.1, 0.2, 0.3] });
    const unit = 0.5 * 2 * Math.sqrt((wide.out * 2) / 3);
    expect([1, 2, 3].map(beta)).toEqual([0.1, 0.1 + 0.2, 0.1 + 0.2 + 0.3].map((sum) => unit * sum));
    expect(() => schedule(under({ rule: 'lora-equivalent', kappa: 1 }), { rank: null })).toThrow('needs the rank');
  });

  test('grown rises in a line to its size, from random factors', () => {
    const settings = under({ rule: 'grown', rho: 0.1, steps: 4 }, { start: 'beta-zero' });
    const beta = schedule(settings, { learningRates: new Array(10).fill(1e-3) });
    expect([1, 2, 4, 10].map(beta)).toEqual([0.25, 0.5, 1, 1].map((part) => 0.1 * norm * part));
    const byShare = schedule(under({ rule: 'grown', c: 1, steps: 0.2 }, { start: 'beta-zero' }), {
      learningRates: new Array(10).fill(1e-3),
    });
    expect([1, 2, 3].map(byShare)).toEqual([0.5, 1, 1].map((part) => Math.sqrt(wide.out) * part));
  });

  test('β is a tensor without a gradient, 0 before it is set, and the rest trains', () => {
    const settings = under({ rule: 'lora-equivalent', kappa: 1 });
    const p = problem(settings, wide, { moved: true });
    expect(start(settings, 'map_beta')[0]).toBe(0);
    expect(p.specs.map(({ name, scheduled = false }) => [name, scheduled])).toEqual([
      ['map_alpha', false],
      ['map_beta', true],
    ]);
    expect(Array.from(p.gradients()['map_beta']!)).toEqual([0]);
    expectDifferences(settings);
  });
});

describe('decoupled', () => {
  const settings = under({ rule: 'decoupled', alphaRate: 1e-4, betaRate: 1e-2 }, { betaStart: { share: 0.1 } });

  test('α and β are exponents that start at 0, with rates of their own', () => {
    const specs = mapComposition(settings, SCALING).params(w);
    expect(specs.map(({ name, learningRate }) => [name, learningRate])).toEqual([
      ['map_alpha', 1e-4],
      ['map_beta', 1e-2],
    ]);
    for (const { name } of specs) expect(Array.from(start(settings, name))).toEqual([0]);
    const { beta } = mapComposition(settings, SCALING).summary!(
      w,
      { map_alpha: [0], map_beta: [Math.log(2)] },
      new Float64Array(wide.out * wide.in),
    );
    expect(beta).toBeCloseTo(2 * 0.1 * norm, 6);
  });

  test.each([wide, tall])('gradients are those of α₀eᵃ and β₀eᵇ: %j', (shape) => expectDifferences(settings, shape));
});

describe('norm-keeping', () => {
  const settings = under({ rule: 'norm-keeping' }, { betaStart: { share: 0.5 } });

  test.each([wide, tall])('‖W*‖ is ‖W‖, α is no parameter, and gradients go through its closed form: %j', (shape) => {
    const p = problem(settings, shape, { moved: true });
    expect(p.specs.map(({ name }) => name)).toEqual(['map_beta']);
    expect(denseNorms(shape, p.dense(p.own), 'global')[0]).toBeCloseTo(p.w.norms('global')[0]!, 10);
    expectDifferences(settings, shape);
  });

  test('at Δ = 0 it is W, with finite gradients', () => {
    const p = problem(settings, wide, { moved: false, zeroB: true });
    expectClose(p.dense(p.own), p.w.values(), 1e-12);
    for (const values of Object.values(p.gradients())) expect(values.every(Number.isFinite)).toBe(true);
  });

  test('an update longer than W that points across it leaves no α, and 0 is the nearest', () => {
    const far = under({ rule: 'norm-keeping' }, { betaStart: { share: 50 } });
    const p = problem(far, wide, { moved: true });
    const output = p.output();
    expect(output.every(Number.isFinite)).toBe(true);
    expectClose(output, affine(wide, p.n, p.x, p.dense(p.own), p.bias), 1e-5);
    for (const values of Object.values(p.gradients())) expect(values.every(Number.isFinite)).toBe(true);
  });

  test('what W is multiplied by is told to reports and to files', () => {
    const p = problem(settings, wide, { moved: true });
    const delta = new Float64Array(wide.out * wide.in).map((_, i) => Math.sin(i));
    const { base } = p.composition.rowScales!(p.w, delta, p.own) as { base: Float64Array };
    expect(p.composition.summary!(p.w, p.own, delta).alphaChange).toBeCloseTo(base[0]! - 1, 12);
  });
});

describe('settings', () => {
  const problems = (magnitudes: MagnitudesSettings, changes: Partial<MapSettings> = {}): string => {
    try {
      checkMapSettings(under(magnitudes, changes));
    } catch (error) {
      return (error as Error).message;
    }
    return '';
  };

  test.each<[string, MagnitudesSettings, Partial<MapSettings>]>([
    ['no magnitude rule "shares". Known: share, width,', { rule: 'shares' }, {}],
    ['share needs rho, a finite number > 0', { rule: 'share' }, {}],
    ['rho of magnitudes share is a finite number > 0, not -1', { rule: 'share', rho: -1 }, {}],
    ['share has no constant c; it has rho', { rule: 'share', rho: 0.1, c: 1 }, {}],
    ['norm-keeping has no constant c; it has none', { rule: 'norm-keeping', c: 1 }, {}],
    ['share decides betaStart', { rule: 'share', rho: 0.1 }, { betaStart: { absolute: 2 } }],
    ['norm-keeping decides alpha', { rule: 'norm-keeping' }, { alpha: 'frozen' }],
    ['set deltaScope to "global", not "row"', { rule: 'norm-keeping' }, { deltaScope: 'row' }],
    ['deltaScope none is not that', { rule: 'share', rho: 1 }, { baseScope: 'none', deltaScope: 'none' }],
    ['deltaScope both is not that', { rule: 'lora-equivalent', kappa: 1 }, { deltaScope: 'both' }],
    ['either rho or c', { rule: 'grown', rho: 1, c: 1, steps: 0.1 }, { start: 'beta-zero' }],
    ['set start to "beta-zero"', { rule: 'grown', rho: 1, steps: 0.1 }, {}],
    ['decoupled decides parametrization', { rule: 'decoupled', alphaRate: 1, betaRate: 1 }, { parametrization: 'log' }],
  ])('are refused: %s', (message, magnitudes, changes) => {
    expect(problems(magnitudes, changes)).toContain(message);
  });

  test('a rule from outside is one of the registry’s', () => {
    registerMagnitudeRule({
      ...{ name: 'test-rule', what: 'β₀ = d', source: 'a test', decides: ['betaStart'] },
      constants: { d: { expected: 'a number', valid: Number.isFinite, meaning: 'd' } },
      size: (_, { d }) => d!,
    });
    expect(magnitudeRules().at(-1)!.name).toBe('test-rule');
    expect(start(under({ rule: 'test-rule', d: 3 }), 'map_beta')[0]).toBe(3);
    expect(() => registerMagnitudeRule(magnitudeRules()[0]!)).toThrow('There is a magnitude rule "share" already');
  });
});
