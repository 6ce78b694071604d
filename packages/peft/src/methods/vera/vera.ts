import { veraFamily } from './delta.ts';
import { allLinears } from '../../settings.ts';
import { couple, type UpdateKind } from '../couple.ts';
import { add } from '../joins.ts';
import { veraForm } from './peft.ts';
import { integer, number } from '../setting.ts';

/** diag(λ_b) B diag(λ_d) A with frozen B and A. The default rank, dInitial and projectionPrngKey are HF PEFT's. */
export const veraUpdate: UpdateKind = {
  name: 'vera',
  defaults: {
    rank: 256,
    loraAlpha: null,
    targetModules: allLinears,
    adapterDropout: 0,
    projectionPrngKey: 0,
    dInitial: 0.1,
  },
  needs: ['rank', 'targetModules'],
  accepts: {
    projectionPrngKey: integer('an integer ≥ 0', (value) => value >= 0),
    dInitial: number('a finite number other than 0', (value) => value !== 0),
  },
  family: ({ settings, start, modules }) =>
    veraFamily({
      rank: settings.rank!,
      start: start === 'zero' ? 'zero' : 'ones',
      projectionPrngKey: settings.projectionPrngKey ?? 0,
      dInitial: settings.dInitial ?? 0.1,
      modules,
    }),
  scaling: () => 1,
  sizes: [],
};

/** VeRA = vera x add. */
export const vera = couple('vera', add, veraUpdate, {
  about: {
    title: 'VeRA',
    what: 'W + diag(λ_b) B diag(λ_d) A, the λ alone',
    source: 'Kopiczko et al., arXiv 2310.11454',
    page: 'docs/methods/vera.md',
  },
  peft: veraForm,
});
