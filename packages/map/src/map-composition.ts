import { tf } from '@lomap/compile';
import { baseTerm } from './base-term.ts';
import { denominator } from './denominator.ts';
import { magnitudePerNorm } from './gradient.ts';
import { denseScaled, denseSum } from './host.ts';
import { alphas, betas, magnitudeSpec, magnitudeTensor, magnitudeValues, type Magnitude } from './magnitude.ts';
import { magnitudeScales } from './magnitude-scales.ts';
import { mapRowScales } from './row-scales.ts';
import { checkMapSettings, type MapSettings } from './settings.ts';
import type { Composition, Delta, HostValues, Tensors, Weight } from './types.ts';

/**
 * MAP: W* = α W/(‖W‖ + ε) + β Δ/(‖Δ‖ + ε)  (arXiv 2505.23094; ε as in the published recipe).
 *
 * Δ enters without LoRA's scaling, which the norm cancels; with `deltaScope: 'none'` nothing cancels it and it is
 * where β starts.
 *
 * @param scaling LoRA's loraAlpha/rank; used with deltaScope none only.
 * @throws RangeError for settings that cannot mean what they say (`checkMapSettings`).
 */
export function mapComposition(settings: MapSettings, scaling: number): Composition {
  checkMapSettings(settings);
  return {
    name: 'map',
    params: (w) =>
      [...alphas(settings, w), ...betas(settings, w, scaling)]
        .filter((magnitude) => magnitude.learned)
        .map((magnitude) => magnitudeSpec(magnitude, settings, w)),
    apply({ x, xDelta, bias }, w, delta, own) {
      const update = normalisedDelta(delta, betas(settings, w, scaling), settings, own);
      return tf.add(baseTerm(x, bias, w, settings, own), update.apply(xDelta));
    },
    weight(w, delta, own) {
      const base = normalisedValues(w, w.values(), alphas(settings, w), settings, own, 'W');
      return denseSum(base, normalisedValues(w, delta, betas(settings, w, scaling), settings, own, 'the update'));
    },
    rowScales: (w, delta, own) => mapRowScales(settings, scaling, w, delta, own),
    summary(w, own) {
      const alpha = alphas(settings, w);
      const beta = betas(settings, w, scaling).at(-1)!;
      return {
        alphaChange: mean(alpha.flatMap((magnitude) => relativeChanges(magnitude, settings, own))),
        beta: mean(magnitudeValues(beta, settings, own)),
        betaStart: mean(beta.start()),
      };
    },
  };
}

/** β Δ/(‖Δ‖ + ε): for a pair of scopes the second norm is that of the first one's result. */
function normalisedDelta(delta: Delta, magnitudes: readonly Magnitude[], settings: MapSettings, own: Tensors): Delta {
  return magnitudes.reduce((current, magnitude) => {
    const beta = magnitudeTensor(magnitude, settings, own);
    if (!magnitude.normalised) return current.scale(beta, magnitude.along);
    const squares = (): tf.Tensor => current.squaredNorm(magnitude.along);
    const scale =
      magnitude.shape.length === 0 && settings.epsilonMode === 'add' && settings.epsilon > 0 && !settings.detachNorm
        ? magnitudePerNorm(beta, squares(), settings.epsilon)
        : tf.div(beta, denominator(squares, settings));
    return current.scale(scale, magnitude.along);
  }, delta);
}

/** The same of a dense matrix in float64. */
function normalisedValues(
  w: Weight,
  matrix: ArrayLike<number>,
  magnitudes: readonly Magnitude[],
  settings: MapSettings,
  own: HostValues,
  what: string,
): Float64Array {
  return magnitudes.reduce<Float64Array>((current, magnitude) => {
    const scales = magnitudeScales(w, current, magnitude, settings, own, what);
    return denseScaled(w, current, scales, magnitude.along);
  }, Float64Array.from(matrix));
}

/** α/α₀ - 1 by entry; entries that start at 0 (zero rows of W) have none. */
function relativeChanges(magnitude: Magnitude, settings: MapSettings, own: HostValues): number[] {
  const start = magnitude.start();
  const values = magnitudeValues(magnitude, settings, own);
  return Array.from(values, (value, i) => value / start[i]! - 1).filter((_, i) => start[i] !== 0);
}

function mean(values: ArrayLike<number>): number {
  return values.length === 0 ? 0 : Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
}
