/** The tables of `lomap power`: of a difference, of equality, of an interval. */
import {
  detectableDifference,
  equivalencePower,
  holmWorstLevel,
  intervalHalfWidth,
  pairedTPower,
  seedsForEquivalence,
  seedsForHalfWidth,
  seedsForPower,
  smallestSignFlipP,
} from '@lomap/statistics';
import { UsageError } from '../errors.ts';
import { textTable } from '../progress/table.ts';
import type { Asked } from './power-flags.ts';
import type { Measured } from './power-measured.ts';

/** What is judged: the deviations, and the rows that Holm is over. */
export interface Judged {
  readonly asked: Asked;
  readonly measured: readonly Measured[];
  readonly comparisons: number;
}

interface Level {
  readonly name: string;
  readonly level: number;
  /** The fewest seeds with which the sign-flip test can reach this level, whatever the differences are. */
  readonly fewest: number;
}

/** Power, detectable difference and seeds of a true difference, by the t test, as far as the sign-flip test reaches. */
export function differenceSection(judged: Judged, difference: number): string[] {
  const { asked, measured, comparisons } = judged;
  const { alpha, power } = asked;
  const rows = withLevels(judged, ({ deviation, seeds }, { level, fewest }) => [
    ...(seeds === null ? [] : now({ difference, deviation }, seeds, { level, fewest, power })),
    String(Math.max(fewest, seedsForPower({ difference, deviation }, power, level))),
  ]);
  const headers = [
    ...headersOf(judged, ['seeds', 'power', `detectable (${percent(power)})`, 't interval']),
    `seeds for ${percent(power)}`,
  ];
  const { fewest } = levelsOf(judged).at(-1)!;
  const few = measured.flatMap(({ seeds }) => (seeds !== null && seeds < fewest ? [seeds] : []));
  const after = comparisons > 1 ? ` after Holm over ${comparisons}` : '';
  return [
    `Two-sided paired t test of a true difference of ${digits(difference)} points${sourceOf(asked)}:`,
    '',
    textTable(headers, rows),
    '',
    // Simulated, normal differences: .68 against .83 with the fewest seeds, .88 against .91 with one to two more.
    `The report's sign-flip test reaches p ≤ ${alpha}${after} with ${fewest} seeds at least: no fewer are recommended, and`,
    "just above that its power is below the t test's, which the table has.",
    ...[...new Set(few)].map(
      (n) => `With ${n} seeds its smallest p is ${digits(Math.min(1, comparisons * smallestSignFlipP(n)))}${after}.`,
    ),
  ];
}

/** What so many seeds show: nothing, where the sign-flip test cannot reach the level. */
function now(
  effect: { difference: number; deviation: number },
  seeds: number,
  { level, fewest, power }: { level: number; fewest: number; power: number },
): string[] {
  const reached = percent(pairedTPower(effect, seeds, level));
  const interval = `±${digits(intervalHalfWidth(effect.deviation, seeds))}`;
  return seeds < fewest
    ? [String(seeds), `0 % (t test: ${reached})`, 'none', interval]
    : [String(seeds), reached, digits(detectableDifference(effect.deviation, seeds, power, level)), interval];
}

/** Power and seeds of two one-sided tests, where nothing differs. */
export function equivalenceSection(judged: Judged, margin: number): string[] {
  const { power } = judged.asked;
  const rows = withLevels(judged, ({ deviation, seeds }, { level }) => [
    ...(seeds === null
      ? []
      : [String(seeds), percent(equivalencePower({ difference: 0, deviation }, seeds, margin, level))]),
    String(seedsForEquivalence(deviation, margin, power, level)),
  ]);
  const headers = [...headersOf(judged, ['seeds', 'power']), `seeds for ${percent(power)}`];
  return [
    `Two one-sided t tests within ±${digits(margin)} points of methods that are truly equal${sourceOf(judged.asked)}:`,
    '',
    textTable(headers, rows),
  ];
}

/** The seeds of an interval; Holm adjusts tests, not intervals. */
export function halfWidthSection({ asked, measured }: Judged, halfWidth: number): string[] {
  const seeds = measured.map(({ deviation }) => String(possible(() => seedsForHalfWidth(deviation, halfWidth))));
  const what = `A 95 % t interval of ±${digits(halfWidth)} points`;
  if (asked.deviation !== null) return [`${what}${sourceOf(asked)} takes ${seeds[0]!} seeds.`];
  return [
    `${what} takes:`,
    '',
    textTable(
      ['differences', 'deviation', 'seeds'],
      measured.map(({ name, deviation }, i) => [name, digits(deviation), seeds[i]!]),
    ),
  ];
}

/** α alone, and α / k, the worst that Holm over k rows asks of one. */
function levelsOf({ asked: { alpha }, comparisons }: Judged): Level[] {
  const levelOf = (name: string, level: number): Level => {
    let fewest = 1;
    while (smallestSignFlipP(fewest) > level) fewest++;
    return { name, level, fewest };
  };
  return [
    levelOf(`alone, ${alpha}`, alpha),
    ...(comparisons > 1
      ? [levelOf(`Holm over ${comparisons}, ${digits(alpha / comparisons)}`, holmWorstLevel(alpha, comparisons))]
      : []),
  ];
}

/** One line for each of the differences at each level. */
function withLevels(judged: Judged, cells: (each: Measured, level: Level) => string[]): string[][] {
  const named = judged.asked.deviation === null;
  return judged.measured.flatMap((each) =>
    levelsOf(judged).map((level, i) => [
      ...(named ? [i === 0 ? each.name : '', i === 0 ? digits(each.deviation) : ''] : []),
      level.name,
      ...possible(() => cells(each, level)),
    ]),
  );
}

function headersOf({ asked, measured }: Judged, ofSeeds: readonly string[]): string[] {
  return [
    ...(asked.deviation === null ? ['differences', 'deviation'] : []),
    'level',
    ...(measured.some(({ seeds }) => seeds !== null) ? ofSeeds : []),
  ];
}

function sourceOf({ deviation }: Asked): string {
  return deviation === null ? '' : ` with a deviation of ${digits(deviation)}`;
}

/** What the calculation refuses is a wrong flag. */
function possible<T>(compute: () => T): T {
  try {
    return compute();
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(error.message, 'See lomap power --help.');
    throw error;
  }
}

/** Three significant digits, without an exponent. */
function digits(value: number): string {
  return String(Number(value.toPrecision(3)));
}

/** Nothing is certain: no power is rounded to 100 %, nor written by its digits where it is none. */
function percent(share: number): string {
  if (share < 0.0005) return '< 0.05 %';
  return share > 0.9995 ? '> 99.9 %' : `${digits(100 * share)} %`;
}
