import { magnitudeScales } from './magnitude-scales.ts';
import { alphas, betas, type Magnitude } from './magnitude.ts';
import type { MapSettings } from './settings.ts';
import type { HostValues, RowScales, Weight } from './types.ts';

/**
 * MAP's W* = diag(base) W + diag(update) Δ in float64: base = α/(‖W‖ + ε) and update = β/(‖Δ‖ + ε), by rows or the same
 * for all. A norm of columns scales columns, and a sentence says so.
 *
 * @param scaling LoRA's loraAlpha/rank, where β starts with deltaScope none.
 * @param baseFactor the one factor of W where a rule computes it from Δ
 */
export function mapRowScales(
  settings: MapSettings,
  scaling: number,
  w: Weight,
  delta: Float64Array,
  own: HostValues,
  baseFactor?: number,
): RowScales | string {
  const base =
    baseFactor === undefined
      ? scales(w, w.values(), alphas(settings, w), settings, own, 'W')
      : new Float64Array(w.out).fill(baseFactor);
  if (base === null) return `baseScope ${settings.baseScope} scales W's columns`;
  const update = scales(w, delta, betas(settings, w, scaling), settings, own, 'the update');
  if (update === null) return `deltaScope ${settings.deltaScope} scales the update's columns`;
  return { base, update };
}

function scales(
  w: Weight,
  matrix: ArrayLike<number>,
  magnitudes: readonly Magnitude[],
  settings: MapSettings,
  own: HostValues,
  what: string,
): Float64Array | null {
  const [magnitude, second] = magnitudes;
  if (!magnitude || second || magnitude.along === 'column') return null;
  const values = magnitudeScales(w, matrix, magnitude, settings, own, what);
  return magnitude.along === 'row' ? values : new Float64Array(w.out).fill(values[0]!);
}
