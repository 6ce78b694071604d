import { loraFamily } from './delta.ts';
import { pissaFamily } from './pissa.ts';
import { projectedUpdate } from './projected.ts';
import { allLinears, loraScaling } from '../../settings.ts';
import { couple, type UpdateKind } from '../couple.ts';
import { add } from '../joins.ts';
import { loraForm } from './peft.ts';
import { flag, number } from '../setting.ts';

/** BA, with rsLoRA's scaling, a gaussian or PiSSA's start and LoRA+'s ratio as settings. */
export const loraUpdate: UpdateKind = {
  name: 'lora',
  defaults: { rank: 8, loraAlpha: 16, targetModules: allLinears, adapterDropout: 0 },
  needs: ['rank', 'loraAlpha', 'targetModules'],
  accepts: {
    useRslora: flag,
    initLoraWeights: {
      expected: '"gaussian" or "pissa", or absent for the usual start',
      valid: (value) => value === 'gaussian' || value === 'pissa',
    },
    loraPlusRatio: number('a finite number ≥ 1', (value) => value >= 1),
    updateNorm: {
      expected: '{ "absolute": size } or { "share": of ‖W‖_F }, a finite number > 0',
      valid: isUpdateNorm,
    },
  },
  family({ settings, start }) {
    const { rank, initLoraWeights = 'kaiming', loraPlusRatio: learningRateRatio = 1 } = settings;
    if (initLoraWeights === 'pissa')
      return pissaFamily({ rank: rank!, scaling: loraScaling(settings), learningRateRatio });
    const startOfB = start === 'zero' ? 'zero' : 'kaiming';
    return loraFamily({ rank: rank!, startOfB, startOfA: initLoraWeights, learningRateRatio });
  },
  betweenSteps(settings, weights) {
    const { updateNorm } = settings;
    return updateNorm === undefined ? null : projectedUpdate(updateNorm, loraScaling(settings), weights);
  },
  refuses({ name, initLoraWeights, map, adapterDropout, updateNorm }) {
    if (updateNorm !== undefined) {
      if (name !== 'lora') return `updateNorm keeps the size of LoRA's own update; ${name} has another. Choose lora.`;
      if (initLoraWeights === 'pissa')
        return 'updateNorm and initLoraWeights pissa both set the size of BA; choose one.';
    }
    if (initLoraWeights !== 'pissa') return null;
    if (map !== null) {
      return (
        'initLoraWeights pissa under MAP needs β to start at ‖sBA‖_F of each matrix, and the residual W - sBA in the place of ' +
        'W, for W* to be W at the start; betaStart is one number or share for all, and W stays whole. Choose another start, ' +
        'or lora, dora or bora.'
      );
    }
    if (adapterDropout === 0) return null;
    return 'initLoraWeights pissa takes BA from W, and adapterDropout would drop inputs of one and not the other; set it to 0.';
  },
  scaling: loraScaling,
  sizes: ['loraAlpha', 'useRslora'],
};

/** LoRA = lora x add: W + (loraAlpha/rank)·BA. */
export const lora = couple('lora', add, loraUpdate, {
  about: { title: 'LoRA', what: 'W + sBA', source: 'Hu et al., arXiv 2106.09685', page: 'docs/methods/lora.md' },
  peft: loraForm,
});

function isUpdateNorm(value: unknown): boolean {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  const [[key, size] = []] = entries;
  return (
    entries.length === 1 &&
    (key === 'absolute' || key === 'share') &&
    typeof size === 'number' &&
    Number.isFinite(size) &&
    size > 0
  );
}
