/** Rules for the size β₀ with which the normalised update starts; β then trains, or is frozen, as the settings say. */
import type { MapSettings } from '../settings.ts';
import type { MagnitudeRule, RuleConstant } from './rule.ts';

export const positive = (meaning: string): RuleConstant => ({
  expected: 'a finite number > 0',
  valid: (value) => Number.isFinite(value) && value > 0,
  meaning,
});

/** β₀ = ρ‖W‖_F: every matrix moves by the same share of itself. The setting betaStart's `share`, as a rule. */
export const share: MagnitudeRule = {
  name: 'share',
  what: 'β₀ = ρ‖W‖_F',
  source: 'ours',
  constants: { rho: positive('ρ, the share of ‖W‖_F') },
  decides: ['betaStart', 'start'],
  refuses: onlyNormalised,
  size: (w, { rho }) => rho! * w.norms('global')[0]!,
};

/** β₀ = c√out: every output moves by the same size, whatever the weight's own. */
export const width: MagnitudeRule = {
  name: 'width',
  what: 'β₀ = c√out',
  source: 'ours',
  constants: { c: positive("c, the norm of the update's mean row") },
  decides: ['betaStart', 'start'],
  refuses: onlyNormalised,
  size: (w, { c }) => c! * Math.sqrt(w.out),
};

/** The shares of ‖W‖_F that `probed` tries. */
const SHARES = [0.01, 0.03, 0.1, 0.2];

/**
 * β₀ = ρ‖W‖_F with ρ of .01, .03, .1 and .2: each is trained for some steps on the same batches, and the run begins with the one
 * whose loss on the next batch is lowest. All of these steps are part of the run's budget.
 */
export const probed: MagnitudeRule = {
  name: 'probed',
  what: `β₀ = ρ‖W‖_F, ρ of ${SHARES.join(', ')} by the training loss after some steps`,
  source: 'ours',
  constants: {
    steps: {
      expected: 'a whole number of steps > 0',
      valid: (value) => Number.isSafeInteger(value) && value > 0,
      meaning: 'the steps for which each ρ is trained before the losses are compared',
    },
  },
  decides: ['betaStart', 'start', 'parametrization'],
  refuses: (settings) => [
    ...onlyNormalised(settings),
    ...(settings.deltaScope === 'both' ? ['magnitudes probed sets one β; deltaScope both has two.'] : []),
  ],
  tries: ({ steps }) => ({
    steps: steps!,
    sizes: SHARES.map((rho) => ({ label: `ρ = ${rho}`, of: (w) => share.size!(w, { rho }) })),
  }),
};

function onlyNormalised({ deltaScope }: MapSettings): string[] {
  return deltaScope === 'none'
    ? ['a rule for β₀ sets the size of a normalised update; deltaScope none is not that.']
    : [];
}
