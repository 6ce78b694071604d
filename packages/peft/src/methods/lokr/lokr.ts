import { lokrFamily } from './delta.ts';
import { loraScaling } from '../../settings.ts';
import { couple, type UpdateKind } from '../couple.ts';
import { add } from '../joins.ts';
import { loraUpdate } from '../lora/lora.ts';
import { lokrForm } from './peft.ts';
import { flag, integer } from '../setting.ts';

/** w1 ⊗ w2. PEFT's `alpha` is loraAlpha here. */
export const lokrUpdate: UpdateKind = {
  name: 'lokr',
  defaults: loraUpdate.defaults,
  needs: loraUpdate.needs,
  accepts: {
    decomposeBoth: flag,
    decomposeFactor: integer('a positive integer, or -1', (value) => value > 0 || value === -1),
  },
  family: ({ settings, start }) =>
    lokrFamily({
      rank: settings.rank!,
      start: start === 'zero' ? 'zero' : 'kaiming',
      decomposeBoth: settings.decomposeBoth ?? false,
      decomposeFactor: settings.decomposeFactor ?? -1,
    }),
  scaling: loraScaling,
  sizes: ['loraAlpha'],
};

/** LoKr = lokr x add. */
export const lokr = couple('lokr', add, lokrUpdate, {
  about: {
    title: 'LoKr',
    what: 'W + s(w1 ⊗ w2)',
    source: 'Yeh et al. (LyCORIS), arXiv 2309.14859',
    page: 'docs/methods/lokr.md',
  },
  peft: lokrForm,
});
