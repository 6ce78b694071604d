import { floraFamily } from './delta.ts';
import { couple, type UpdateKind } from '../couple.ts';
import { add } from '../joins.ts';
import { loraUpdate } from '../lora/lora.ts';

/** B G A, scaled by loraAlpha/(rank + 1e-5) as in the authors' code. */
export const floraUpdate: UpdateKind = {
  name: 'flora',
  defaults: loraUpdate.defaults,
  needs: loraUpdate.needs,
  family: ({ settings, start }) => floraFamily({ rank: settings.rank!, start: start === 'zero' ? 'zero' : 'gaussian' }),
  scaling: ({ rank, loraAlpha }) => loraAlpha! / (rank! + 1e-5),
  sizes: ['loraAlpha'],
};

/** FLoRA = flora x add. */
export const flora = couple('flora', add, floraUpdate, {
  about: { title: 'FLoRA', what: 'W + sBGA', source: 'Si et al., arXiv 2405.14739', page: 'docs/methods/flora.md' },
});
