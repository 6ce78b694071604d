import { tf } from '@lomap/compile';
import { baseTerm, scaledBase } from './base-term.ts';
import { denominator } from './denominator.ts';
import { magnitudePerNorm } from './gradient.ts';
import { denseScaled, denseSum } from './host.ts';
import { alphas, betas, magnitudeSpec, magnitudeTensor, magnitudeValues, type Magnitude } from './magnitude.ts';
import { magnitudeScales } from './magnitude-scales.ts';
import { mapRowScales } from './row-scales.ts';
import { keptNormFactor, keptNormFactorOf } from './rules/norm-keeping.ts';
import { magnitudesOf } from './rules/registry.ts';
import { checkMapSettings, type MapSettings } from './settings.ts';
import type { Composition, Delta, HostValues, Tensors, Weight } from './types.ts';

/**
 * MAP: W* = α W/(‖W‖ + ε) + β Δ/(‖Δ‖ + ε)  (arXiv 2505.23094; ε as in the published recipe).
 *
 * Δ enters without LoRA's scaling, which the norm cancels; with `deltaScope: 'none'` nothing cancels it and it is
 * where β starts.
 *
 * Where `magnitudes` names a rule, β₀, the run's β or α is what that rule says (rules/).
 *
 * @param scaling LoRA's loraAlpha/rank; used with deltaScope none only.
 * @throws RangeError for settings that cannot mean what they say (`checkMapSettings`).
 */
export function mapComposition(settings: MapSettings, scaling: number): Composition {
  checkMapSettings(settings);
  const keepsNorm = magnitudesOf(settings)?.rule.keepsNorm ?? false;
  const updateOf = (w: Weight, delta: Float64Array, own: HostValues): Float64Array =>
    normalisedValues(w, delta, betas(settings, w, scaling), settings, own, 'the update');
  return {
    name: 'map',
    params: (w) =>
      [...(keepsNorm ? [] : alphas(settings, w)), ...betas(settings, w, scaling)]
        .filter((magnitude) => magnitude.bound)
        .map((magnitude) => magnitudeSpec(magnitude, settings, w)),
    apply({ x, xDelta, bias }, w, delta, own) {
      const magnitudes = betas(settings, w, scaling);
      if (!keepsNorm) {
        const update = normalisedDelta(delta, magnitudes, settings, own);
        return tf.add(baseTerm(x, bias, w, settings, own), update.apply(xDelta));
      }
      const scale = normalisedScale(delta, magnitudes[0]!, settings, own);
      const base = scaledBase(x, bias, w, { global: keptNormFactor(w, delta, scale) });
      return tf.add(base, delta.scale(scale, 'global').apply(xDelta));
    },
    weight(w, delta, own) {
      const update = updateOf(w, delta, own);
      if (keepsNorm) {
        const factor = keptNormFactorOf(w, update);
        return denseSum(
          Float64Array.from(w.values(), (value) => factor * value),
          update,
        );
      }
      return denseSum(normalisedValues(w, w.values(), alphas(settings, w), settings, own, 'W'), update);
    },
    rowScales(w, delta, own) {
      const base = keepsNorm ? keptNormFactorOf(w, updateOf(w, delta, own)) : undefined;
      return mapRowScales(settings, scaling, w, delta, own, base);
    },
    summary(w, own, delta) {
      const alpha = alphas(settings, w);
      const beta = betas(settings, w, scaling).at(-1)!;
      return {
        alphaChange: keepsNorm
          ? keptNormFactorOf(w, updateOf(w, delta, own)) - 1
          : mean(alpha.flatMap((magnitude) => relativeChanges(magnitude, settings, own))),
        beta: mean(magnitudeValues(beta, settings, own)),
        betaStart: magnitudesOf(settings)?.rule.tries ? null : mean(beta.start()),
      };
    },
  };
}

/** β Δ/(‖Δ‖ + ε): for a pair of scopes the second norm is that of the first one's result. */
function normalisedDelta(delta: Delta, magnitudes: readonly Magnitude[], settings: MapSettings, own: Tensors): Delta {
  return magnitudes.reduce((current, magnitude) => {
    return current.scale(normalisedScale(current, magnitude, settings, own), magnitude.along);
  }, delta);
}

/** β/(‖Δ‖ + ε), or β where nothing is normalised. */
function normalisedScale(delta: Delta, magnitude: Magnitude, settings: MapSettings, own: Tensors): tf.Tensor {
  const beta = magnitudeTensor(magnitude, settings, own);
  if (!magnitude.normalised) return beta;
  const squares = (): tf.Tensor => delta.squaredNorm(magnitude.along);
  return magnitude.shape.length === 0 && settings.epsilonMode === 'add' && settings.epsilon > 0 && !settings.detachNorm
    ? magnitudePerNorm(beta, squares(), settings.epsilon)
    : tf.div(beta, denominator(squares, settings));
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
