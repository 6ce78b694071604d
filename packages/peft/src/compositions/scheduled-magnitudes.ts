import { magnitudesOf, type MapSettings, type Weight } from '@lomap/map';
import type { BetweenStepsRule } from '../between-steps.ts';

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
      const schedules = weights.map((weight) => {
        const name = `${weight.path}.map_beta`;
        const place = places.get(name);
        if (!place) throw new Error(`${name}, which a schedule sets, is not among the tensors.`);
        return { ...place, beta: rule.schedule!(weight, constants, { learningRates, rank, scaling }) };
      });
      /** The parameters with β of step t in its places. */
      const at = (t: number, params: Float32Array): Float32Array => {
        const set = params.slice();
        for (const { offset, size, beta } of schedules) set.fill(beta(t) / Math.sqrt(size), offset, offset + size);
        return set;
      };
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
