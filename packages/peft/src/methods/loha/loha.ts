import { lohaFamily } from './delta.ts';
import { loraScaling } from '../../settings.ts';
import { couple, type UpdateKind } from '../couple.ts';
import { add } from '../joins.ts';
import { loraUpdate } from '../lora/lora.ts';
import { lohaForm } from './peft.ts';

/** (w1_a w1_b) ∘ (w2_a w2_b). PEFT's `alpha` is loraAlpha here. */
export const lohaUpdate: UpdateKind = {
  name: 'loha',
  defaults: loraUpdate.defaults,
  needs: loraUpdate.needs,
  family: ({ settings, start }) => lohaFamily({ rank: settings.rank!, start: start === 'zero' ? 'zero' : 'kaiming' }),
  scaling: loraScaling,
  sizes: ['loraAlpha'],
};

/** LoHa = loha x add. */
export const loha = couple('loha', add, lohaUpdate, {
  about: {
    title: 'LoHa',
    what: 'W + s(w1_a w1_b) ∘ (w2_a w2_b)',
    source: 'Hyeon-Woo et al. (FedPara), arXiv 2108.06098',
    page: 'docs/methods/loha.md',
  },
  peft: lohaForm,
});
