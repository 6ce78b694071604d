import { adaloraFamily, TRIPLET } from './delta.ts';
import { rankSchedule, type RankSettings, type TripletNames } from './rank-schedule.ts';
import { initialRank, type MethodSettings } from '../../settings.ts';
import { couple, type UpdateKind } from '../couple.ts';
import { add } from '../joins.ts';
import { loraUpdate } from '../lora/lora.ts';
import { adaloraForm, adaloraScaling } from './peft.ts';
import { integer, number } from '../setting.ts';

/** A number of steps, or below 1 a share of all. */
const steps = number(
  '0, a share of the steps below 1, or a whole number of steps',
  (value) => value >= 0 && (value < 1 || Number.isSafeInteger(value)),
);
const decay = number('a number between 0 and 1', (value) => value > 0 && value < 1);

/**
 * P Λ Q, scaled by loraAlpha/(initial rank + 1e-5) throughout, as in HF PEFT: `rank` is the mean rank that is left at the
 * end, PEFT's target_r. The schedule's shares are about those of the paper's GLUE runs, γ is the paper's usual one.
 */
export const adaloraUpdate: UpdateKind = {
  name: 'adalora',
  defaults: {
    ...loraUpdate.defaults,
    tinit: 0.1,
    tfinal: 0.5,
    deltaT: 10,
    orthRegWeight: 0.1,
    beta1: 0.85,
    beta2: 0.85,
  },
  needs: loraUpdate.needs,
  accepts: {
    initR: integer('a positive integer', (value) => value > 0),
    tinit: steps,
    tfinal: steps,
    deltaT: number(
      'a share of the steps between 0 and 1, or a whole number of steps',
      (value) => value > 0 && steps.valid(value),
    ),
    orthRegWeight: number('a finite number ≥ 0', (value) => value >= 0),
    beta1: decay,
    beta2: decay,
  },
  family: ({ settings, modules }) =>
    adaloraFamily({
      rank: initialRank(settings),
      orthRegWeight: settings.orthRegWeight ?? 0,
      matrices: modules.length,
    }),
  scaling: adaloraScaling,
  refuses(settings) {
    const { rank, tinit = 0, tfinal = 0 } = settings;
    if (initialRank(settings) < rank!) {
      return `initR ${initialRank(settings)} is less than rank ${rank}, the mean rank that is to be left at the end; ranks are only taken away.`;
    }
    if (tinit < 1 && tfinal < 1 && tinit + tfinal >= 1) {
      return `tinit ${tinit} and tfinal ${tfinal} are shares of the steps and leave none to take ranks away; their sum is less than 1.`;
    }
    return null;
  },
  betweenSteps(settings, modules) {
    const schedule = scheduleSettings(settings);
    const matrices = modules.map(({ path }) => tripletOf(path));
    return { settings: schedule, bind: (places, rates) => rankSchedule(schedule, matrices, places, rates.length) };
  },
  sizes: ['loraAlpha'],
};

function scheduleSettings(settings: MethodSettings): RankSettings {
  return {
    targetRank: settings.rank!,
    tinit: settings.tinit ?? 0,
    tfinal: settings.tfinal ?? 0,
    deltaT: settings.deltaT ?? 1,
    beta1: settings.beta1 ?? 0.85,
    beta2: settings.beta2 ?? 0.85,
  };
}

function tripletOf(path: string): TripletNames {
  return {
    right: `${path}.${TRIPLET.right}`,
    values: `${path}.${TRIPLET.values}`,
    left: `${path}.${TRIPLET.left}`,
  };
}

/** AdaLoRA = adalora x add. */
export const adalora = couple('adalora', add, adaloraUpdate, {
  about: {
    title: 'AdaLoRA',
    what: 'W + sPΛQ, from which training takes ranks away',
    source: 'Zhang et al., arXiv 2303.10512',
    page: 'docs/methods/adalora.md',
  },
  peft: adaloraForm,
});
