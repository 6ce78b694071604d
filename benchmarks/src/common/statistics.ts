/** Statistics of timings. */

/** A ratio of two things timed in turn. */
export interface PairedRatio {
  readonly median: number;
  /** First and third quartile of the pairs' ratios. */
  readonly low: number;
  readonly high: number;
  readonly pairs: number;
}

/**
 * The p-quantile, linearly interpolated between order statistics (Hyndman and Fan's type 7, as NumPy's default).
 *
 * @throws RangeError when there are no values or p is not in [0, 1].
 */
export function quantile(values: readonly number[], p: number): number {
  if (values.length === 0) throw new RangeError('There is no quantile of no values.');
  if (!(p >= 0 && p <= 1)) throw new RangeError(`A quantile is asked for at p in [0, 1], not ${p}.`);
  const sorted = [...values].sort((a, b) => a - b);
  const position = p * (sorted.length - 1);
  const below = sorted[Math.floor(position)]!;
  const above = sorted[Math.ceil(position)]!;
  return below + (above - below) * (position - Math.floor(position));
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/**
 * The ratio numerator/denominator, pair by pair: what slows the machine for a while slows both of a pair, and leaves
 * their ratio. Pairs are by place; what the longer list has more of is left out.
 *
 * @throws RangeError when there is no pair or a denominator is not positive.
 */
export function pairedRatio(numerator: readonly number[], denominator: readonly number[]): PairedRatio {
  const pairs = Math.min(numerator.length, denominator.length);
  if (pairs === 0) throw new RangeError('A ratio needs at least one pair of timings.');
  const ratios = Array.from({ length: pairs }, (_, i) => {
    if (!(denominator[i]! > 0)) throw new RangeError(`Timing ${i} is ${denominator[i]}; expected more than 0.`);
    return numerator[i]! / denominator[i]!;
  });
  return { median: median(ratios), low: quantile(ratios, 0.25), high: quantile(ratios, 0.75), pairs };
}

/** A ratio as text: its median, and the quartiles in brackets. */
export function ratioText({ median: middle, low, high }: PairedRatio): string {
  return `${middle.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}]`;
}
