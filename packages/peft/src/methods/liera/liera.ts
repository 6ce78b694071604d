import { lieraFamily } from './delta.ts';
import { loraScaling } from '../../settings.ts';
import { couple, type UpdateKind } from '../couple.ts';
import { add } from '../joins.ts';
import { loraUpdate } from '../lora/lora.ts';

/** W ∘ (BA). */
export const lieraUpdate: UpdateKind = {
  name: 'liera',
  defaults: loraUpdate.defaults,
  needs: loraUpdate.needs,
  family: ({ settings, start }) => lieraFamily({ rank: settings.rank!, start: start === 'zero' ? 'zero' : 'kaiming' }),
  scaling: loraScaling,
  sizes: ['loraAlpha'],
};

/** LieRA = liera x add. */
export const liera = couple('liera', add, lieraUpdate, {
  about: {
    title: 'LieRA',
    what: 'W + W ∘ (sBA)',
    source: "the authors' Subspace-Tuning code",
    page: 'docs/methods/liera.md',
  },
});
