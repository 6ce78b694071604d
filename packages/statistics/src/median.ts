/** The median; of an even number of values the mean of the middle two. NaN of nothing. */
export function median(values: readonly number[]): number {
  return (lowerMedian(values) + -lowerMedian(values.map((value) => -value))) / 2;
}

/** The median; of an even number of values the lower of the middle two. NaN of nothing. */
export function lowerMedian(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[(values.length - 1) >> 1] ?? NaN;
}
