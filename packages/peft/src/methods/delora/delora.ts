import { deloraFamily } from './delta.ts';
import { allLinears } from '../../settings.ts';
import { couple, type UpdateKind } from '../couple.ts';
import { add } from '../joins.ts';
import { deloraForm } from './peft.ts';
import { number } from '../setting.ts';

/** B diag(λ/(r ‖a_i‖ ‖b_i‖)) A diag(‖W‖_column). The default rank and λ are HF PEFT's. */
export const deloraUpdate: UpdateKind = {
  name: 'delora',
  defaults: { rank: 8, loraAlpha: null, targetModules: allLinears, adapterDropout: 0, deloraLambda: 15 },
  needs: ['rank', 'targetModules'],
  accepts: { deloraLambda: number('a finite number > 0', (value) => value > 0) },
  family: ({ settings, start, normalised }) =>
    deloraFamily({
      rank: settings.rank!,
      start: start === 'zero' ? 'zero' : 'kaiming',
      lambda: settings.deloraLambda ?? 15,
      learnsLambda: !normalised,
    }),
  scaling: () => 1,
  sizes: ['deloraLambda'],
};

/** DeLoRA = delora x add. */
export const delora = couple('delora', add, deloraUpdate, {
  about: {
    title: 'DeLoRA',
    what: 'W + BA of a fixed size λ',
    source: 'Bini et al., arXiv 2503.18225',
    page: 'docs/methods/delora.md',
  },
  peft: deloraForm,
});
