/** Domain and ticks of an axis of a log scale, chosen once so that panels can share them. */

/** The values' range with a little air; values that a log scale has no place for are left out. */
export function logDomain(values: readonly number[], air = 1.25): [low: number, high: number] {
  const shown = values.filter((value) => value > 0);
  return shown.length === 0 ? [0.1, 10] : [Math.min(...shown) / air, Math.max(...shown) * air];
}

/** At most about eight numbers in the domain: powers of ten, with 2 and 5 or every digit between where it is short. */
export function logTicks([low, high]: readonly [number, number]): number[] {
  const decades = Math.log10(high / low);
  const mantissas = decades > 3 ? [1] : decades > 0.9 ? [1, 2, 5] : [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9];
  const step = decades > 8 ? Math.ceil(decades / 8) : 1;
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power += step) {
    for (const mantissa of mantissas) ticks.push(Number((mantissa * 10 ** power).toPrecision(2)));
  }
  return ticks.filter((tick) => tick >= low && tick <= high);
}
