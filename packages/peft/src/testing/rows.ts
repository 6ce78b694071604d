/** The rows of the behaviour matrix: every method, and the settings that change its behaviour. For specs only. */
import { defaultMapSettings, type MapSettings } from '@lomap/map';
import { methodDefaults } from '../registry.ts';
import type { MethodSettings } from '../settings.ts';

export interface Row {
  readonly settings: MethodSettings;
  /** Local names of tensors with no gradient at the start, and why: the method's nature, not a bug. */
  readonly stillAtStart: readonly string[];
  /**
   * Local names of tensors whose size a norm cancels, so that little (or nothing, where size is all they have) is left of
   * their gradient beside rounding: errors are judged by the largest gradient of their matrix. @default none
   */
  readonly cancelled?: readonly string[];
}

const targetModules = ['query', 'dense'];
const fewModules = ['layer.1.query', 'layer.1.output.dense'];
const splitModules = ['layer.1.wide.dense', 'layer.1.output.dense'];
export const row = (name: string, changes: Partial<MethodSettings>, stillAtStart: readonly string[]): Row => {
  const defaults = methodDefaults(name);
  const loraAlpha = defaults.loraAlpha === null ? null : 3;
  return { settings: { ...defaults, rank: 2, loraAlpha, targetModules, ...changes }, stillAtStart };
};
const bare = (name: string): Row => ({ settings: methodDefaults(name), stillAtStart: [] });
const lomap = (label: string, map: Partial<MapSettings>, stillAtStart: readonly string[]): Row =>
  row('lomap', { label, map: { ...defaultMapSettings, ...map } }, stillAtStart);

const startingAtZero = { ...defaultMapSettings, start: 'beta-zero' } as const;

/** A kind of update: settings of its rows, its tensors, and the one that is 0 at the start. */
interface Update {
  readonly name: string;
  readonly changes?: Partial<MethodSettings>;
  readonly tensors: readonly string[];
  readonly zero: string;
  /** A tensor whose size a normalising composition cancels. */
  readonly cancelled?: string;
  /** A tensor that a normalising composition has no use for. */
  readonly size?: string;
}
const updates: readonly Update[] = [
  { name: 'loha', tensors: ['hada_w1_a', 'hada_w1_b', 'hada_w2_a', 'hada_w2_b'], zero: 'hada_w2_b' },
  // Dimensions of which one splits. Under a norm a w1 that is a scalar would have no effect, one of two entries has its direction.
  {
    name: 'lokr',
    changes: { rank: 1, targetModules: splitModules },
    tensors: ['lokr_w1', 'lokr_w2_a', 'lokr_w2_b'],
    zero: 'lokr_w1',
    cancelled: 'lokr_w1',
  },
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

/** An update added, under DoRA's magnitude and BoRA's two, and under MAP with both starts. */
function couplings({ name, changes: own = {}, tensors, zero, size, cancelled }: Update): Row[] {
  const changes = { targetModules: fewModules, ...own };
  const all = [...tensors, ...(size ? [size] : [])];
  const still = all.filter((tensor) => tensor !== zero);
  const mapped = (changed: Partial<MethodSettings>, stillAtStart: readonly string[]): Row => ({
    ...row(`map+${name}`, { ...changes, ...changed }, stillAtStart),
    ...(cancelled !== undefined && { cancelled: [cancelled] }),
  });
  return [
    row(name, changes, still),
    row(`dora+${name}`, changes, still),
    row(`bora+${name}`, changes, still),
    mapped({}, [...tensors.filter((tensor) => tensor !== zero), 'map_beta']),
    mapped({ label: `map+${name}, beta-zero`, map: startingAtZero }, tensors),
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
  row('dora', {}, ['lora_A']),
  row('dora', { label: 'dora, LoRA+', targetModules: fewModules, loraPlusRatio: 16 }, ['lora_A']),
  row('bora', {}, ['lora_A']),
  row('bora', { label: 'bora, LoRA+', targetModules: fewModules, loraPlusRatio: 16 }, ['lora_A']),
  { ...bare('ia3'), settings: { ...methodDefaults('ia3'), targetModules, feedforwardModules: ['output.dense'] } },
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

/** The other updates: added, under DoRA's magnitude, under MAP. */
export const updateRows: readonly Row[] = [
  row('edora', { targetModules: fewModules }, []),
  row('bora+edora', { targetModules: fewModules }, []),
  row('map+edora', { targetModules: fewModules }, ['map_beta']),
  row('map+edora', { label: 'map+edora, beta-zero', targetModules: fewModules, map: startingAtZero }, ['lora_R']),
  row('lora', { label: 'lora, PiSSA', targetModules: fewModules, initLoraWeights: 'pissa' }, []),
  row('dora', { label: 'dora, PiSSA', targetModules: fewModules, initLoraWeights: 'pissa' }, []),
  row('bora', { label: 'bora, PiSSA', targetModules: fewModules, initLoraWeights: 'pissa' }, []),
  ...updates.flatMap(couplings),
  row('adalora', { targetModules: fewModules }, ['lora_A', 'lora_B']),
  row('dora+adalora', { targetModules: fewModules }, ['lora_A', 'lora_B']),
  row('bora+adalora', { targetModules: fewModules }, ['lora_A', 'lora_B']),
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
  {
    ...row(
      'map+lokr',
      {
        label: 'map+lokr, both',
        targetModules: splitModules,
        rank: 3,
        map: { ...defaultMapSettings, deltaScope: 'both' },
      },
      ['lokr_w2', 'map_beta_row', 'map_beta_column'],
    ),
    cancelled: ['lokr_w1'],
  },
];
