/** The rows of the behaviour matrix: every method, and the settings that change its behaviour. For specs only. */
import { defaultMapSettings, type MapSettings } from '@lomap/map';
import { methodDefaults } from '../registry.ts';
import type { MethodSettings } from '../settings.ts';

export interface Row {
  readonly settings: MethodSettings;
  /** Local names of tensors with no gradient at the start, and why: the method's nature, not a bug. */
  readonly stillAtStart: readonly string[];
  /** Local names of tensors whose gradient leaves a norm out by design, so that it is no finite difference. */
  readonly surrogate: readonly string[];
}

const targetModules = ['query', 'dense'];
const fewModules = ['layer.1.query', 'layer.1.output.dense'];
export const row = (
  name: string,
  changes: Partial<MethodSettings>,
  stillAtStart: readonly string[],
  surrogate: readonly string[] = [],
): Row => {
  const defaults = methodDefaults(name);
  const loraAlpha = defaults.loraAlpha === null ? null : 3;
  return { settings: { ...defaults, rank: 2, loraAlpha, targetModules, ...changes }, stillAtStart, surrogate };
};
const bare = (name: string): Row => ({ settings: methodDefaults(name), stillAtStart: [], surrogate: [] });
const lomap = (
  label: string,
  map: Partial<MapSettings>,
  stillAtStart: readonly string[],
  surrogate: readonly string[] = [],
): Row => row('lomap', { label, map: { ...defaultMapSettings, ...map } }, stillAtStart, surrogate);

/** A kind of update: settings of its rows, its tensors, and the one that is 0 at the start. */
interface Update {
  readonly name: string;
  readonly changes?: Partial<MethodSettings>;
  readonly tensors: readonly string[];
  readonly zero: string;
  /** A tensor that a normalising composition has no use for. */
  readonly size?: string;
}
const updates: readonly Update[] = [
  { name: 'loha', tensors: ['hada_w1_a', 'hada_w1_b', 'hada_w2_a', 'hada_w2_b'], zero: 'hada_w2_b' },
  { name: 'lokr', changes: { rank: 1 }, tensors: ['lokr_w1', 'lokr_w2_a', 'lokr_w2_b'], zero: 'lokr_w1' },
  { name: 'vera', tensors: ['vera_lambda_d', 'vera_lambda_b'], zero: 'vera_lambda_b' },
  // At λ = 15 the tiny model saturates.
  {
    name: 'delora',
    changes: { deloraLambda: 1.5 },
    tensors: ['delora_A', 'delora_B'],
    zero: 'delora_B',
    size: 'delora_lambda',
  },
  { name: 'flora', tensors: ['lora_A', 'lora_B', 'lora_G'], zero: 'lora_G' },
  { name: 'liera', tensors: ['lora_A', 'lora_B'], zero: 'lora_B' },
  // The queries of both layers share their factors.
  {
    name: 'lotr',
    changes: { targetModules: ['query', 'layer.1.output.dense'] },
    tensors: ['lotr_A', 'lotr_B', 'lotr_M'],
    zero: 'lotr_M',
  },
];

/** An update added, under DoRA's magnitude, and under MAP with both starts. */
function couplings({ name, changes: own = {}, tensors, zero, size }: Update): Row[] {
  const changes = { targetModules: fewModules, ...own };
  const all = [...tensors, ...(size ? [size] : [])];
  const still = all.filter((tensor) => tensor !== zero);
  const betaZero = { ...defaultMapSettings, start: 'beta-zero' } as const;
  return [
    row(name, changes, still),
    row(`dora+${name}`, changes, still, all),
    row(`map+${name}`, changes, [...tensors.filter((tensor) => tensor !== zero), 'map_beta']),
    row(`map+${name}`, { ...changes, label: `map+${name}, beta-zero`, map: betaZero }, tensors),
  ];
}

/** With B = 0, dA = 0, and β multiplies nothing. */
const paper = ['lora_A', 'map_beta'];
/** With β = 0, Δ has no effect yet. */
const betaZero = ['lora_A', 'lora_B'];
const pair = ['lora_A', 'map_beta_row', 'map_beta_column'];

const unscaled: MapSettings = { ...defaultMapSettings, baseScope: 'none', deltaScope: 'none' };

/** Methods without an update, LoRA's, and LoMAP's settings. */
export const methodRows: readonly Row[] = [
  bare('head'),
  bare('scratch'),
  bare('full'),
  bare('bitfit'),
  row('lora', {}, ['lora_A']),
  row('lora', { label: 'regex', targetModules: '.*\\.(query|output\\.dense)' }, ['lora_A']),
  row(
    'lora',
    { label: 'lora, gaussian, rsLoRA', targetModules: fewModules, initLoraWeights: 'gaussian', useRslora: true },
    ['lora_A'],
  ),
  row('lora', { label: 'LoRA+', targetModules: fewModules, loraPlusRatio: 16 }, ['lora_A']),
  row('dora', {}, ['lora_A'], ['lora_A', 'lora_B']),
  row('dora', { label: 'dora, LoRA+', targetModules: fewModules, loraPlusRatio: 16 }, ['lora_A'], ['lora_A', 'lora_B']),
  row('bora', {}, ['lora_A'], ['lora_A', 'lora_B', 'bora_magnitude_row']),
  { ...bare('ia3'), settings: { ...methodDefaults('ia3'), targetModules } },
  lomap('lomap', {}, paper),
  lomap('lomap, 3 % share', { betaStart: { share: 0.03 } }, paper),
  lomap('lomap, log', { parametrization: 'log' }, paper),
  lomap('lomap, relative', { parametrization: 'relative' }, paper),
  lomap('lomap, beta-zero', { start: 'beta-zero' }, betaZero),
  lomap('lomap, clamp', { epsilonMode: 'clamp' }, paper),
  lomap('lomap, detached', { detachNorm: true }, paper, ['lora_A', 'lora_B']),
  lomap('lomap, frozen', { alpha: 'frozen', beta: 'frozen' }, ['lora_A']),
  lomap('lomap, rows', { baseScope: 'row', deltaScope: 'row' }, paper),
  lomap('lomap, columns', { baseScope: 'column', deltaScope: 'column' }, paper),
  lomap('lomap, both', { baseScope: 'both', deltaScope: 'both' }, pair),
  lomap('lomap, no norm', { baseScope: 'none', deltaScope: 'none' }, paper),
];

/** The other updates: added, under DoRA's magnitude, under MAP. */
export const updateRows: readonly Row[] = [
  row('edora', { targetModules: fewModules }, [], ['lora_R']),
  row('map+edora', { targetModules: fewModules }, ['map_beta']),
  row('lora', { label: 'lora, PiSSA', targetModules: fewModules, initLoraWeights: 'pissa' }, []),
  row('dora', { label: 'dora, PiSSA', targetModules: fewModules, initLoraWeights: 'pissa' }, [], ['lora_A', 'lora_B']),
  ...updates.flatMap(couplings),
  row('adalora', { targetModules: fewModules }, ['lora_A', 'lora_B']),
  row('dora+adalora', { targetModules: fewModules }, ['lora_A', 'lora_B'], [...['lora_A', 'lora_B', 'lora_E']]),
  row('loha', { label: 'loha, factored', targetModules: fewModules, rank: 1 }, ['hada_w1_a', 'hada_w1_b', 'hada_w2_a']),
  row('lokr', { label: 'lokr, whole', targetModules: fewModules, rank: 3 }, ['lokr_w2']),
  row(
    'lokr',
    { label: 'lokr, factor 5', targetModules: fewModules, rank: 1, decomposeBoth: true, decomposeFactor: 5 },
    [...['lokr_w1_b', 'lokr_w2', 'lokr_w2_a', 'lokr_w2_b']],
  ),
  row('map+delora', { label: 'map+delora, no norm', targetModules: fewModules, deloraLambda: 1.5, map: unscaled }, [
    ...['delora_A', 'delora_lambda', 'map_beta'],
  ]),
  row(
    'map+lokr',
    { label: 'map+lokr, both', targetModules: fewModules, rank: 1, map: { ...defaultMapSettings, deltaScope: 'both' } },
    [...['lokr_w2_a', 'lokr_w2_b', 'map_beta_row', 'map_beta_column']],
  ),
];
