/** Rules under which β is a function of the step: it is set before each one, and does not train. */
import type { MapSettings } from '../settings.ts';
import type { Weight } from '../types.ts';
import type { MagnitudeRule, RuleConstants } from './rule.ts';
import { positive, share, width } from './sizes.ts';

/**
 * β(t) = κ s √(out·r/3) Σ η, the sum over the learning rates of the steps 1, ..., t: the size that LoRA itself would have
 * by then.
 *
 * Under Adam each entry of B moves by about η a step, all one way at first; A's are uniform with variance 1/(3 in). Rows of
 * B with independent signs then give ‖sBA‖_F² = s² · out · (Ση)² · ‖A‖_F², and ‖A‖_F² = r/3.
 */
export const loraEquivalent: MagnitudeRule = {
  name: 'lora-equivalent',
  what: 'β(t) = κ s √(out·r/3) Σ η',
  source: 'ours',
  constants: { kappa: positive("κ, over the size that LoRA has while all of B's entries move one way") },
  decides: ['betaStart', 'beta', 'start'],
  readsScaling: true,
  refuses: onlyOneNorm,
  schedule(w, { kappa }, { learningRates, rank, scaling }) {
    if (rank === null) {
      throw new RangeError(`${w.path}: rule lora-equivalent needs the rank r of an update BA; this one has none.`);
    }
    let sum = 0;
    const sums = learningRates.map((rate) => (sum += rate));
    return (t) => kappa! * scaling * Math.sqrt((w.out * rank) / 3) * (sums[t - 1] ?? sum);
  },
};

/**
 * β(t) = β∞ min(1, t/T_w), β∞ by share or by width: the update grows to its size, from random A and B (`start:
 * "beta-zero"`), so that no step meets ‖BA‖ = 0. Before the first step β is β∞/T_w.
 */
export const grown: MagnitudeRule = {
  name: 'grown',
  what: 'β(t) = β∞ min(1, t/T_w), β∞ = ρ‖W‖_F or c√out',
  source: 'ours',
  constants: {
    rho: { ...share.constants['rho']!, optional: true },
    c: { ...width.constants['c']!, optional: true },
    steps: positive('T_w, the steps until it is grown: a share of all below 1, or a number of steps'),
  },
  decides: ['betaStart', 'beta'],
  refuses(settings, constants) {
    const problems = onlyOneNorm(settings);
    if ((constants['rho'] === undefined) === (constants['c'] === undefined)) {
      problems.push('magnitudes grown has either rho or c, the size that it grows to.');
    }
    if (settings.start !== 'beta-zero') {
      problems.push('magnitudes grown starts from random A and B; set start to "beta-zero".');
    }
    return problems;
  },
  schedule(w, constants, { learningRates }) {
    const { steps } = constants;
    const until = steps! < 1 ? Math.max(1, Math.ceil(steps! * learningRates.length)) : steps!;
    const size = finalSize(w, constants);
    return (t) => size * Math.min(1, t / until);
  },
};

function finalSize(w: Weight, constants: RuleConstants): number {
  return constants['rho'] === undefined ? width.size!(w, constants) : share.size!(w, constants);
}

/** A schedule sets one number a matrix (or one over √k for each of k rows or columns), which divides one norm. */
function onlyOneNorm({ deltaScope }: MapSettings): string[] {
  if (deltaScope !== 'none' && deltaScope !== 'both') return [];
  return [`a schedule of β sets the size of an update that is normalised once; deltaScope ${deltaScope} is not that.`];
}
