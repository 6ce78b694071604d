import { magnitudesOf, type MapSettings, type Weight } from '@lomap/map';
import type { BetweenStepsRule, Place } from '../between-steps.ts';
import type { Tryout } from '../tryout.ts';

/**
 * What sets β before each step where MAP's magnitudes are a schedule (`magnitudes`): in every matrix the entries of β,
 * k of them, are β(t)/√k at step t. Null where β trains or is frozen.
 *
 * @param rank of Δ = BA; null for an update without one
 * @param scaling LoRA's s
 * @param weights of the adapted matrices
 */
export function scheduledMagnitudes(
  settings: MapSettings,
  { rank, scaling }: { readonly rank: number | null; readonly scaling: number },
  weights: readonly Weight[],
): BetweenStepsRule | null {
  const chosen = magnitudesOf(settings);
  if (!chosen?.rule.schedule) return null;
  const { rule, constants } = chosen;
  return {
    settings: { ...settings.magnitudes, rank, scaling },
    bind(places, learningRates) {
      const missing = weights.find(({ path }) => !places.has(`${path}.map_beta`));
      if (missing) throw new Error(`${missing.path}.map_beta, which a schedule sets, is not among the tensors.`);
      const schedules = weights.map((weight) => rule.schedule!(weight, constants, { learningRates, rank, scaling }));
      const at = (t: number, params: Float32Array): Float32Array =>
        withBeta(params, weights, places, (i) => schedules[i]!(t));
      const last = learningRates.length;
      return {
        fresh: () => [],
        start: (params) => at(1, params),
        // After the last step β stays at what that step had.
        after: (_, t, params) => (t < last ? at(t + 1, params) : params),
        settled: () => true,
      };
    },
  };
}

/** The sizes of β₀ that a rule has the run try; null where it has none. */
export function triedMagnitudes(settings: MapSettings, weights: readonly Weight[]): Tryout | null {
  const chosen = magnitudesOf(settings);
  if (!chosen?.rule.tries) return null;
  const { steps, sizes } = chosen.rule.tries(chosen.constants);
  return {
    settings: { ...settings.magnitudes },
    steps,
    starts: sizes.map(({ label, of }) => ({
      label,
      at: (places, params) => withBeta(params, weights, places, (i) => of(weights[i]!)),
    })),
  };
}

/** The parameters with β of each matrix in its place: its k entries are β/√k. */
function withBeta(
  params: Float32Array,
  weights: readonly Weight[],
  places: ReadonlyMap<string, Place>,
  beta: (matrix: number) => number,
): Float32Array {
  const set = params.slice();
  weights.forEach(({ path }, i) => {
    const { offset, size } = places.get(`${path}.map_beta`)!;
    set.fill(beta(i) / Math.sqrt(size), offset, offset + size);
  });
  return set;
}
