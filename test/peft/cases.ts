/** The adapters that are compared with HF PEFT's. */
import { fold, key, normal } from '@lomap/compile';
import { defaultMapSettings } from '@lomap/map';
import type { Checkpoint } from '@lomap/models';
import { adapt, type MethodSettings } from '@lomap/peft';

const clamped = { ...defaultMapSettings, epsilonMode: 'clamp' } as const;
const map = (changes: object): Partial<MethodSettings> => ({ map: { ...clamped, ...changes } });
const small = { rank: 3, targetModules: ['query', 'value', 'output.dense'] };

/** What is written for PEFT: label, method, settings, and as what, if not as PEFT has it: a plain LoRA, or with α < 0. */
export const cases: readonly (readonly [string, string, Partial<MethodSettings>, ('lora' | 'negative α')?])[] = [
  ['lora', 'lora', small],
  ['lora, all modules', 'lora', { rank: 3, targetModules: '.*\\.(?<name>dense|query)' }],
  ['rsLoRA', 'lora', { ...small, useRslora: true, adapterDropout: 0.1 }],
  ['PiSSA', 'lora', { ...small, initLoraWeights: 'pissa' }],
  ['dora', 'dora', small],
  ['adalora', 'adalora', small],
  ['dora+adalora', 'dora+adalora', small],
  ['loha', 'loha', small],
  ['lokr', 'lokr', { ...small, rank: 1, decomposeBoth: true, decomposeFactor: 4 }],
  ['vera', 'vera', { ...small, rank: 8 }],
  ['delora', 'delora', small],
  ['ia3', 'ia3', {}],
  ['ia3, a suffix', 'ia3', { targetModules: ['dense', 'query'], feedforwardModules: ['output.dense'] }],
  ['flora', 'flora', small],
  ['edora', 'edora', small],
  ['lotr', 'lotr', small],
  ['dora, PiSSA', 'dora', { ...small, initLoraWeights: 'pissa' }],
  ['dora+vera', 'dora+vera', { ...small, rank: 8 }],
  ['dora+delora', 'dora+delora', small],
  ['dora+flora', 'dora+flora', small],
  ['dora+lotr', 'dora+lotr', small],
  ['lomap', 'lomap', small],
  ['lomap, beta-zero', 'lomap', { ...small, ...map({ start: 'beta-zero' }) }],
  ['lomap, rows', 'lomap', { ...small, ...map({ baseScope: 'row', deltaScope: 'row' }) }],
  ['lomap, relative', 'lomap', { ...small, ...map({ parametrization: 'relative' }) }],
  ['lomap, no norm', 'lomap', { ...small, ...map({ baseScope: 'none', deltaScope: 'none' }) }],
  ['lomap, negative α', 'lomap', small, 'negative α'],
  ['lomap, rows, negative α', 'lomap', { ...small, ...map({ baseScope: 'row', deltaScope: 'row' }) }, 'negative α'],
  ['map+delora', 'map+delora', small],
  ['map+vera', 'map+vera', { ...small, rank: 8 }],
  ['map+flora', 'map+flora', small],
  ['map+edora', 'map+edora', small],
  ['map+lotr', 'map+lotr', small],
  ['lomap, frozen, plain', 'lomap', { ...small, ...map({ alpha: 'frozen' }) }, 'lora'],
  ['delora, plain', 'delora', small, 'lora'],
  ['lotr, plain', 'lotr', small, 'lora'],
];

/** What PEFT has no adapter for, and why; merged it is a checkpoint like any other. */
export const refused: readonly (readonly [string, Partial<MethodSettings>, string])[] = [
  ['bitfit', {}, 'it adds no update to the modules'],
  ['full', {}, 'it adds no update to the modules'],
  ['bora', small, 'its composition bora is no scaling of rows'],
  ['liera', small, 'its update liera is no product of two factors'],
  ['dora+loha', small, 'its update loha is no product of two factors'],
  ['dora+lokr', { ...small, rank: 1 }, 'its update lokr is no product of two factors'],
  ['dora+liera', small, 'its update liera is no product of two factors'],
  ['map+lokr', { ...small, rank: 1 }, 'its update lokr is no product of two factors'],
  ['map+liera', small, 'its update liera is no product of two factors'],
];

/** What PEFT opens, and is merged besides: biases (of IA3), the magnitudes, and VeRA's projections from their seed. */
const opened = [
  'ia3',
  'ia3, a suffix',
  'vera',
  'delora',
  'dora',
  'edora',
  'lotr',
  'adalora',
  'dora, PiSSA',
  'lomap, rows',
];

/** What is exported as merged, by its label. */
export const asMerged: readonly string[] = [...opened, ...refused.map(([name]) => name)];

/** What PEFT writes (compare.py's names), and as which of our methods it is read. */
export const written: readonly (readonly [string, string])[] = [
  ['lora', 'lora'],
  ['lora-regex', 'lora'],
  ['lora-own-pooler', 'lora'],
  ['rslora-patterns', 'lora'],
  ['lora-pissa', 'lora'],
  ['dora', 'dora'],
  ['dora-patterns', 'dora'],
  ['loha', 'loha'],
  ['loha-patterns', 'loha'],
  ['lokr', 'lokr'],
  ['lokr-both', 'lokr'],
  ['vera', 'lora'],
  ['delora', 'delora'],
  ['ia3', 'ia3'],
  ['adalora', 'adalora'],
  ['adalora-pruned', 'adalora'],
  ['lora-all-linear', 'lora'],
];

/** The method's parameters, each moved from its start; α to the other side of 0 where that is asked. */
export function moved(checkpoint: Checkpoint, settings: MethodSettings, negative = false): Float32Array[] {
  return adapt(checkpoint, settings).specs.map((spec) => {
    const start = spec.init(key(1));
    const noise = normal(fold(key(2), spec.name), start.length, 0, 0.1);
    const sign = negative && spec.name.endsWith('map_alpha') ? -1 : 1;
    return start.map((value, i) => sign * (value + noise[i]!));
  });
}
