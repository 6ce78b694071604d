import { CompileError } from '../errors.ts';

/** constant + Σ coefficients[symbol] · symbol */
export interface Affine {
  readonly constant: number;
  readonly coefficients: Readonly<Record<string, number>>;
}

/**
 * The affine function with whole coefficients through a size seen at several points, the last of which checks it.
 *
 * Points: first a base, then for each symbol the base with only that symbol changed, then one where all differ.
 * @throws CompileError when the size is not affine in the symbols.
 */
export function fitAffine(
  values: readonly number[],
  points: readonly Readonly<Record<string, number>>[],
  what: string,
): Affine {
  const base = points[0]!;
  const coefficients: Record<string, number> = {};
  let constant = values[0]!;
  Object.keys(base).forEach((symbol, index) => {
    const slope = (values[index + 1]! - values[0]!) / (points[index + 1]![symbol]! - base[symbol]!);
    if (slope !== 0) coefficients[symbol] = slope;
    constant -= slope * base[symbol]!;
  });
  const whole = [constant, ...Object.values(coefficients)].every(Number.isInteger);
  const check = evaluate({ constant, coefficients }, points.at(-1)!);
  if (!whole || check !== values.at(-1)) {
    const seen = points.map((point, i) => `${values[i]} at ${JSON.stringify(point)}`).join(', ');
    throw new CompileError(
      `${what} depends on the batch's sizes in a way that is not affine: ${seen}. ` +
        'Reshape with one open size (-1), or pass what depends on the sizes as an input.',
    );
  }
  return { constant, coefficients };
}

/** The value of an affine size at one point. */
export function evaluate(affine: Affine, point: Readonly<Record<string, number>>): number {
  return Object.entries(affine.coefficients).reduce((sum, [symbol, k]) => sum + k * point[symbol]!, affine.constant);
}
