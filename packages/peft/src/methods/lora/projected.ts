import { productNorm, type Weight } from '@lomap/map';
import type { BetweenStepsRule } from '../../between-steps.ts';

/** A size of an update: a number, or a share of ‖W‖_F. */
export type UpdateNorm = { readonly absolute: number } | { readonly share: number };

/**
 * LoRA whose update keeps one size: after each step B is multiplied by size/‖sBA‖_F, in every matrix. The control that parts
 * the size of MAP's update from its normalised gradient: this update has LoMAP's size from its first step on, and LoRA's
 * gradient.
 *
 * From B = 0 the first step is LoRA's own; a matrix whose update is still 0 stays.
 *
 * @param scaling s
 */
export function projectedUpdate(size: UpdateNorm, scaling: number, weights: readonly Weight[]): BetweenStepsRule {
  return {
    settings: { updateNorm: size, scaling },
    bind(places) {
      const matrices = weights.map((weight) => {
        const [a, b] = ['lora_A', 'lora_B'].map((name) => {
          const place = places.get(`${weight.path}.${name}`);
          if (!place) throw new Error(`${weight.path}.${name}, whose size is kept, is not among the trained tensors.`);
          return place;
        });
        const norm = 'share' in size ? size.share * weight.norms('global')[0]! : size.absolute;
        return { a: a!, b: b!, rank: a!.size / weight.in, norm };
      });
      return {
        fresh: () => [],
        after(_, __, params) {
          const kept = params.slice();
          for (const { a, b, rank, norm } of matrices) {
            const [factorA, factorB] = [a, b].map(({ offset, size: length }) => kept.subarray(offset, offset + length));
            const now = scaling * productNorm(factorA!, factorB!, rank);
            if (now > 0) factorB!.forEach((value, i) => (factorB![i] = (value * norm) / now));
          }
          return kept;
        },
        settled: () => true,
      };
    },
  };
}
