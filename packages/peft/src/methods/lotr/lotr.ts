import { lotrFamily } from './delta.ts';
import { loraScaling } from '../../settings.ts';
import { couple, type UpdateKind } from '../couple.ts';
import { add } from '../joins.ts';
import { loraUpdate } from '../lora/lora.ts';

/** B M_l A with A and B shared by matrices of one shape. The default loraAlpha is the authors' scale, 1. */
export const lotrUpdate: UpdateKind = {
  name: 'lotr',
  defaults: { ...loraUpdate.defaults, loraAlpha: 1 },
  needs: loraUpdate.needs,
  family: ({ settings, start }) => lotrFamily({ rank: settings.rank!, start: start === 'zero' ? 'zero' : 'gaussian' }),
  scaling: loraScaling,
  sizes: ['loraAlpha'],
};

/** LoTR = lotr x add: W_l + (loraAlpha/rank)·B M_l A. */
export const lotr = couple('lotr', add, lotrUpdate, {
  about: {
    title: 'LoTR',
    what: 'W + sBMA, B and A shared by matrices of one shape',
    source: 'Bershatsky et al., arXiv 2402.01376',
    page: 'docs/methods/lotr.md',
  },
});
