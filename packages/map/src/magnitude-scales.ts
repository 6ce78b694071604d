import { denominatorValues } from './denominator.ts';
import { denseNorms } from './host.ts';
import { magnitudeValues, type Magnitude } from './magnitude.ts';
import type { MapSettings } from './settings.ts';
import type { HostValues, Weight } from './types.ts';

/**
 * What a magnitude multiplies a matrix by, in float64, an entry for each of its norms: α/(‖W‖ + ε), β/(‖Δ‖ + ε), or the
 * magnitude itself where its scope is `none`.
 *
 * @param matrix what the norms are taken of, row-major of w's shape.
 * @param what its name in messages.
 */
export function magnitudeScales(
  w: Weight,
  matrix: ArrayLike<number>,
  magnitude: Magnitude,
  settings: MapSettings,
  own: HostValues,
  what: string,
): Float64Array {
  const values = magnitudeValues(magnitude, settings, own);
  if (!magnitude.normalised) return values;
  const norms = denseNorms(w, matrix, magnitude.along);
  const divisors = denominatorValues(norms, settings, `${w.path}, ${magnitude.along} norm of ${what}`);
  return values.map((value, i) => value / divisors[i]!);
}
