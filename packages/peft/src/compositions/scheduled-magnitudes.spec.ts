/** Rules that act between steps: β by a schedule, and LoRA's update at one size. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { defaultMapSettings, type MapSettings } from '@lomap/map';
import { key, normal, sizeOf, tf } from '@lomap/compile';
import { adapt } from '../adapt.ts';
import type { Place } from '../between-steps.ts';
import { countParameters } from '../plan.ts';
import { checkMethod, methodDefaults } from '../registry.ts';
import { methodNotes } from '../notes.ts';
import type { MethodSettings } from '../settings.ts';
import { tinyModel } from '../testing/tiny-model.ts';
import type { Adaptation } from '../types.ts';

beforeAll(() => tf.setBackend('cpu'));

const lomap = (map: Partial<MapSettings>, changes: Partial<MethodSettings> = {}): MethodSettings => ({
  ...methodDefaults('lomap'),
  ...{ rank: 2, loraAlpha: 3, targetModules: ['query', 'wide.dense'] },
  map: { ...defaultMapSettings, ...map },
  ...changes,
});

/** The flat vector as training lays it out, here in the order of the specs. */
function places({ specs }: Adaptation): ReadonlyMap<string, Place> {
  let offset = 0;
  return new Map(
    specs.map(({ name, shape }) => {
      const size = sizeOf(shape);
      offset += size;
      return [name, { offset: offset - size, size }] as const;
    }),
  );
}
const flat = ({ specs }: Adaptation): Float32Array =>
  Float32Array.from(specs.flatMap(({ name, shape }) => Array.from(normal(key(3, name), sizeOf(shape)))));
const split = (adaptation: Adaptation, params: Float32Array): Float32Array[] =>
  [...places(adaptation).values()].map(({ offset, size }) => params.slice(offset, offset + size));
const normOf = (name: string): number => Math.hypot(...tinyModel.read(name));

describe('a schedule of β', () => {
  const rates = [0.1, 0.2, 0.3];
  const settings = lomap({ magnitudes: { rule: 'lora-equivalent', kappa: 1 } });
  const adaptation = adapt(tinyModel, settings);
  const bound = adaptation.betweenSteps!.bind(places(adaptation), rates);
  const betasOf = (params: Float32Array): number[] =>
    adaptation.specs.flatMap(({ name }, i) => (name.endsWith('map_beta') ? [split(adaptation, params)[i]![0]!] : []));
  /** By matrix: two queries of 5 outputs, two wide maps of 6, in the model's order. */
  const units = [5, 6, 5, 6].map((out) => 1.5 * Math.sqrt((out * 2) / 3));

  test('is set before the first step and after each, stays after the last, and touches nothing else', () => {
    const before = flat(adaptation);
    let params = bound.start!(before);
    for (const [t, sum] of [0.1, 0.1 + 0.2, 0.1 + 0.2 + 0.3].entries()) {
      betasOf(params).forEach((beta, i) => expect(beta).toBeCloseTo(units[i]! * sum, 5));
      params = bound.after([], t + 1, params, params);
    }
    betasOf(params).forEach((beta, i) => expect(beta).toBeCloseTo(units[i]! * 0.6, 5));
    adaptation.specs.forEach(({ name, scheduled }, i) => {
      expect([name, scheduled ?? false]).toEqual([name, name.endsWith('map_beta')]);
      if (!scheduled) expect(split(adaptation, params)[i]).toEqual(split(adaptation, before)[i]);
    });
  });

  test('β is no trainable parameter, but shows in the summary', () => {
    const learned = lomap({});
    expect(countParameters(tinyModel, learned).adapter - countParameters(tinyModel, settings).adapter).toBe(4);
    const summary = adaptation.summary(split(adaptation, bound.start!(flat(adaptation))));
    summary.forEach(({ beta, betaStart }, i) => {
      expect(beta).toBeCloseTo(units[i]! * 0.1, 5);
      expect(betaStart).toBe(0);
    });
  });

  test('before it is set W* is W', () => {
    const summary = adaptation.summary(adaptation.specs.map((spec) => spec.init(key(0))));
    for (const { updateNorm, baseNorm } of summary) expect(updateNorm / baseNorm).toBeLessThan(1e-5);
  });

  test('by rows the normalised update has the schedule’s Frobenius norm', () => {
    const rows = lomap({
      ...{ start: 'beta-zero', baseScope: 'row', deltaScope: 'row', alpha: 'frozen' },
      magnitudes: { rule: 'grown', rho: 0.1, steps: 2 },
    });
    const adapted = adapt(tinyModel, rows);
    const schedule = adapted.betweenSteps!.bind(places(adapted), rates);
    const started = schedule.start!(flat(adapted));
    const sizes = (params: Float32Array): number[] =>
      adapted.summary(split(adapted, params)).map(({ updateNorm, baseNorm }) => updateNorm / baseNorm);
    for (const share of sizes(started)) expect(share).toBeCloseTo(0.05, 5);
    for (const share of sizes(schedule.after([], 1, started, started))) expect(share).toBeCloseTo(0.1, 5);
  });

  test('the settings tell runs apart', () => {
    expect(adaptation.betweenSteps!.settings).toEqual({ rule: 'lora-equivalent', kappa: 1, rank: 2, scaling: 1.5 });
    expect(adapt(tinyModel, lomap({})).betweenSteps).toBeUndefined();
    expect(adapt(tinyModel, lomap({ magnitudes: { rule: 'share', rho: 0.1 } })).betweenSteps).toBeUndefined();
  });

  test('loraAlpha has an effect under lora-equivalent, and under no other rule', () => {
    const about = (settings: MethodSettings): string => methodNotes(settings, { clipping: true }).join(' ');
    expect(about(settings)).not.toContain('loraAlpha');
    expect(about(lomap({ magnitudes: { rule: 'width', c: 0.1 } }))).toContain('loraAlpha has no effect');
  });

  test('lora-equivalent is of LoRA’s update alone', () => {
    const map = { ...defaultMapSettings, magnitudes: { rule: 'lora-equivalent', kappa: 1 } };
    expect(() => checkMethod({ ...methodDefaults('map+loha'), map })).toThrow(
      "Method map+loha: magnitudes lora-equivalent has the size of LoRA's BA in training; this update is loha's.",
    );
  });

  test('a tensor that is not there is named', () => {
    const without = new Map([...places(adaptation)].filter(([name]) => name !== 'encoder.layer.1.query.map_beta'));
    expect(() => adaptation.betweenSteps!.bind(without, rates)).toThrow('encoder.layer.1.query.map_beta');
  });
});

describe('LoRA of one size', () => {
  const settings: MethodSettings = {
    ...methodDefaults('lora'),
    ...{ rank: 2, loraAlpha: 3, targetModules: ['query'], updateNorm: { share: 0.2 } },
  };
  const adaptation = adapt(tinyModel, settings);
  const bound = adaptation.betweenSteps!.bind(places(adaptation), [0.1, 0.1]);

  test('has it after every step, in every matrix, by scaling B alone', () => {
    const before = flat(adaptation);
    const after = bound.after([], 1, before, before);
    for (const { path, updateNorm } of adaptation.summary(split(adaptation, after))) {
      expect(updateNorm / normOf(`${path}.weight`)).toBeCloseTo(0.2, 5);
    }
    adaptation.specs.forEach(({ name }, i) => {
      const [was, is] = [before, after].map((params) => split(adaptation, params)[i]!);
      if (name.endsWith('lora_B')) {
        const factor = is![0]! / was![0]!;
        is!.forEach((value, j) => expect(value).toBeCloseTo(factor * was![j]!, 5));
      } else expect(is).toEqual(was);
    });
  });

  test('an update of 0 stays, and the first step is LoRA’s own', () => {
    const params = Float32Array.from(adaptation.specs.flatMap((spec) => Array.from(spec.init(key(0)))));
    expect(bound.after([], 1, params, params)).toEqual(params);
    expect('start' in bound).toBe(false);
  });

  test('is refused where it means nothing', () => {
    const refused = (changes: Partial<MethodSettings>) => () => checkMethod({ ...settings, ...changes });
    expect(refused({ updateNorm: { share: 0 } })).toThrow('updateNorm is { "absolute": size }');
    expect(refused({ updateNorm: { absolute: 1, share: 1 } as never })).toThrow('updateNorm is');
    expect(refused({ initLoraWeights: 'pissa' })).toThrow('choose one');
    expect(() => checkMethod({ ...methodDefaults('dora'), updateNorm: { share: 0.1 } })).toThrow(
      "updateNorm keeps the size of LoRA's own update; dora has another.",
    );
  });
});
