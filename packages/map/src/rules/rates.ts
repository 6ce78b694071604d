import { positive } from './sizes.ts';
import type { MagnitudeRule } from './rule.ts';

/**
 * β = β₀eᵇ and α = α₀eᵃ, with learning rates of their own: the scalars move by shares of themselves, at a rate that a search
 * over the adapter's does not change.
 */
export const decoupled: MagnitudeRule = {
  name: 'decoupled',
  what: 'β = β₀eᵇ, α = ‖W‖_F eᵃ, a and b with learning rates of their own',
  source: 'ours',
  constants: {
    alphaRate: positive('the peak learning rate of a; the schedule is the run’s'),
    betaRate: positive('the peak learning rate of b; the schedule is the run’s'),
  },
  decides: ['parametrization', 'scalarLearningRateMultiplier', 'start'],
  rates: ({ alphaRate, betaRate }) => ({ alpha: alphaRate!, beta: betaRate! }),
};
