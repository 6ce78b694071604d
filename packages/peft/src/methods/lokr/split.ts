/** How LoKr splits a dimension: as HF PEFT does, since another split is another adapter. */

/**
 * dimension = m·n. A factor that divides it is m; else m is the largest divisor up to the square root, and up to the
 * factor if there is one (-1: none).
 */
export function splitDimension(dimension: number, factor = -1): readonly [number, number] {
  if (factor > 0 && dimension % factor === 0) return [factor, dimension / factor];
  const limit = factor === -1 ? dimension : factor;
  let m = 1;
  for (let candidate = 2; candidate * candidate <= dimension && candidate <= limit; candidate++) {
    if (dimension % candidate === 0) m = candidate;
  }
  return [m, dimension / m];
}
