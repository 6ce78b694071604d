/** A point of a curve. */
export type Knot = readonly [x: number, y: number];

/**
 * The monotone piecewise cubic through knots of ascending x, at an x between the first and the last: it never leaves the
 * range of its two neighbouring knots (Fritsch and Butland 1984; SciPy's PchipInterpolator). Straight through two knots.
 * Throws a RangeError outside.
 */
export function pchip(knots: readonly Knot[], x: number): number {
  const next = knots.findIndex(([at]) => at >= x);
  if (next < 0 || x < knots[0]![0]) throw new RangeError(`${x} lies outside the knots: nothing is extrapolated.`);
  if (next === 0) return knots[0]![1];
  const [[x0, y0], [x1, y1]] = [knots[next - 1]!, knots[next]!];
  const width = x1 - x0;
  const [m0, m1] = [slope(knots, next - 1), slope(knots, next)];
  const t = (x - x0) / width;
  const rise = t * t * (3 - 2 * t);
  return y0 + rise * (y1 - y0) + width * t * (1 - t) * ((1 - t) * m0 - t * m1);
}

/** The curve's slope at a knot: a weighted harmonic mean of the secants beside it, 0 where their signs differ. */
function slope(knots: readonly Knot[], i: number): number {
  const last = knots.length - 1;
  if (last === 1) return secant(knots, 0);
  if (i === 0) return endSlope(width(knots, 0), width(knots, 1), secant(knots, 0), secant(knots, 1));
  if (i === last) {
    return endSlope(width(knots, i - 1), width(knots, i - 2), secant(knots, i - 1), secant(knots, i - 2));
  }
  const [before, after] = [secant(knots, i - 1), secant(knots, i)];
  if (before * after <= 0) return 0;
  const [h0, h1] = [width(knots, i - 1), width(knots, i)];
  const [w0, w1] = [2 * h1 + h0, h1 + 2 * h0];
  return (w0 + w1) / (w0 / before + w1 / after);
}

/** The slope at an end, from its two nearest secants, with the sign of the nearest and at most three times as steep. */
function endSlope(h0: number, h1: number, near: number, far: number): number {
  const value = ((2 * h0 + h1) * near - h0 * far) / (h0 + h1);
  if (value * near <= 0) return 0;
  return near * far <= 0 && Math.abs(value) > 3 * Math.abs(near) ? 3 * near : value;
}

function width(knots: readonly Knot[], i: number): number {
  return knots[i + 1]![0] - knots[i]![0];
}

function secant(knots: readonly Knot[], i: number): number {
  return (knots[i + 1]![1] - knots[i]![1]) / width(knots, i);
}
