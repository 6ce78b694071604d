import { edoraFamily } from './delta.ts';
import { loraScaling } from '../../settings.ts';
import { couple, type UpdateKind } from '../couple.ts';
import { magnitude } from '../joins.ts';
import { loraUpdate } from '../lora/lora.ts';

/** B R A, A and B frozen at W's largest singular vectors. Under MAP R starts at 0, or random where β starts at 0. */
export const edoraUpdate: UpdateKind = {
  name: 'edora',
  defaults: loraUpdate.defaults,
  needs: loraUpdate.needs,
  family({ settings, start }) {
    const startOfCore = start === 'zero' ? 'zero' : 'gaussian';
    return edoraFamily({ rank: settings.rank!, start: settings.map === null ? 'published' : startOfCore });
  },
  scaling: loraScaling,
  sizes: ['loraAlpha'],
};

/** EDoRA = edora's core x magnitude. */
export const edora = couple('edora', magnitude, edoraUpdate, {
  about: {
    title: 'EDoRA',
    what: 'm ∘ (W + sBRA)/‖W + sBRA‖ by rows, B and A frozen',
    source: 'EDoRA, arXiv 2501.12067',
    page: 'docs/methods/edora.md',
  },
});
