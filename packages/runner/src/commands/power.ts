/** `lomap power`: how many seeds a difference takes, by @lomap/report's power of the paired t test. */
import { basename } from 'node:path';
import {
  compare,
  detectableDifference,
  holmWorstLevel,
  intervalHalfWidth,
  pairedTPower,
  seedsForPower,
  smallestSignFlipP,
} from '@lomap/report';
import { readResults, ResultsError } from '@lomap/results';
import { FailureError, UsageError } from '../errors.ts';
import { textTable } from '../progress/table.ts';
import { resolveUserPath } from '../workspace.ts';
import type { PowerArguments } from './power-options.ts';

/** Paired differences that are or were measured. */
interface Measured {
  /** `DoRA against LoRA`; empty for a deviation of the command line. */
  readonly name: string;
  readonly deviation: number;
  /** The seeds that are judged; null if only the number needed is asked for. */
  readonly seeds: number | null;
}

/**
 * The table: for each level (α alone, and α / k, the worst that Holm over k rows asks of one) the power with so many
 * seeds, the smallest difference that they detect with the wanted power, and the seeds that the difference takes. Throws
 * a UsageError for flags that have no meaning, and a FailureError for results without paired differences.
 */
export async function powerCommand(args: PowerArguments): Promise<string> {
  const asked = checked(args);
  const { difference, alpha, power } = asked;
  const given = asked.deviation;
  const found =
    given === null
      ? await measuredIn(args.from!, asked.seeds)
      : { measured: [{ name: '', deviation: given, seeds: asked.seeds }], leftOut: [] };
  const { measured, leftOut } = found;
  const comparisons = asked.comparisons ?? measured.length + leftOut.length;
  const levels = [
    { name: `alone, ${alpha}`, level: alpha },
    ...(comparisons > 1
      ? [
          {
            name: `Holm over ${comparisons}, ${digits(alpha / comparisons)}`,
            level: holmWorstLevel(alpha, comparisons),
          },
        ]
      : []),
  ];
  const judged = measured.some(({ seeds }) => seeds !== null);
  const lines: string[][] = [];
  for (const each of measured) {
    for (const [i, { name, level }] of levels.entries()) {
      const start = given === null ? [i === 0 ? each.name : '', i === 0 ? digits(each.deviation) : ''] : [];
      lines.push([...start, name, ...judge(each, { difference, power, level }, judged)]);
    }
  }
  const headers = [
    ...(given === null ? ['differences', 'deviation'] : []),
    'level',
    ...(judged ? ['seeds', 'power', `detectable (${percent(power)})`, 't interval'] : []),
    `seeds for ${percent(power)}`,
  ];
  const source = given === null ? '' : ` with a deviation of ${digits(given)}`;
  return [
    `Two-sided paired t test of a true difference of ${digits(difference)} points${source}:`,
    '',
    textTable(headers, lines),
    '',
    ...leftOut.map((line) => `Left out: ${line}.`),
    ...(given === null ? ['A deviation of few pairs is itself uncertain: plan with a larger one.'] : []),
    ...limits(measured, comparisons, alpha, smallestSignFlipP),
  ].join('\n');
}

function judge(
  { deviation, seeds }: Measured,
  { difference, power, level }: { difference: number; power: number; level: number },
  judged: boolean,
): string[] {
  const effect = { difference, deviation };
  return possible(() => [
    ...(judged && seeds !== null
      ? [
          String(seeds),
          percent(pairedTPower(effect, seeds, level)),
          digits(detectableDifference(deviation, seeds, power, level)),
          `±${digits(intervalHalfWidth(deviation, seeds))}`,
        ]
      : []),
    String(seedsForPower(effect, power, level)),
  ]);
}

/** What the report's own test, the sign-flip test, cannot show with so few seeds, whatever the differences are. */
function limits(
  measured: readonly Measured[],
  comparisons: number,
  alpha: number,
  smallestP: (n: number) => number,
): string[] {
  let fewest = 1;
  while (comparisons * smallestP(fewest) > alpha) fewest++;
  const few = measured.flatMap(({ seeds }) => (seeds !== null && seeds < fewest ? [seeds] : []));
  const after = comparisons > 1 ? ` after Holm over ${comparisons}` : '';
  return [
    `The report's sign-flip test reaches p ≤ ${alpha}${after} with ${fewest} seeds at least.`,
    ...[...new Set(few)].map(
      (n) => `With ${n} seeds its smallest p is ${digits(Math.min(1, comparisons * smallestP(n)))}${after}.`,
    ),
  ];
}

async function measuredIn(from: string, seeds: number | null): Promise<{ measured: Measured[]; leftOut: string[] }> {
  const directory = resolveUserPath(from);
  const read = await readResults(directory).catch((error: unknown) => {
    throw error instanceof ResultsError ? new FailureError(`--from ${from}: ${error.message}`) : error;
  });
  for (const problem of read.problems) console.error(`warning: ${problem}`);
  const rows = compare(basename(directory), read.results)?.rows ?? [];
  const measured: Measured[] = [];
  const leftOut: string[] = [];
  for (const { title, baseline, average } of rows) {
    if (baseline === null) continue;
    const name = `${title} against ${baseline}`;
    const { n, deviation } = average.difference ?? { n: 0, deviation: null };
    if (deviation === null) leftOut.push(`${name}, ${n === 0 ? 'no pair' : 'one pair'} of seeds`);
    else if (deviation === 0) leftOut.push(`${name}, the same difference in each of ${n} seeds`);
    else measured.push({ name: `${name} (${n} pairs)`, deviation, seeds: seeds ?? n });
  }
  if (measured.length > 0) return { measured, leftOut };
  throw new FailureError(
    `--from ${from}: expected a finished sweep with paired differences over at least two seeds; ` +
      `${read.results.length} results are here${leftOut.length === 0 ? '' : `: ${leftOut.join('; ')}`}.`,
    'Name a folder results/<sweep> that has a baseline and more seeds, or give --deviation.',
  );
}

interface Asked {
  readonly difference: number;
  readonly deviation: number | null;
  readonly seeds: number | null;
  readonly power: number;
  readonly alpha: number;
  readonly comparisons: number | null;
}

function checked(args: PowerArguments): Asked {
  const { difference, deviation, from, seeds, power = 0.8, alpha = 0.05 } = args;
  const comparisons = args.comparisons ?? (from === undefined ? 1 : null);
  const share = (value: number): boolean => value > 0 && value < 1;
  const whole = (value: number, least: number): boolean => Number.isSafeInteger(value) && value >= least;
  const flags: [string, number | null | undefined, (value: number) => boolean, string][] = [
    ['difference', difference, (value) => Number.isFinite(value) && value !== 0, 'points other than 0, such as 0.39'],
    ['deviation', deviation, (value) => Number.isFinite(value) && value > 0, 'points above 0, such as 0.6'],
    ['seeds', seeds, (value) => whole(value, 2), 'a whole number of at least 2'],
    ['power', power, share, 'a share between 0 and 1, such as 0.8'],
    ['alpha', alpha, share, 'a level between 0 and 1, such as 0.05'],
    ['comparisons', comparisons, (value) => whole(value, 1), 'a whole number of at least 1'],
  ];
  const wrong = flags.flatMap(([flag, value, valid, expected]) =>
    value == null || valid(value) ? [] : [`--${flag}${Number.isNaN(value) ? '' : ` ${value}`}: expected ${expected}.`],
  );
  const missing = [
    ...(difference === undefined ? ['--difference is missing: the true difference to be shown, in points.'] : []),
    ...((deviation === undefined) === (from === undefined)
      ? [`--deviation ${from === undefined ? 'or' : 'and'} --from: expected one of the two.`]
      : []),
    ...(share(power) && share(alpha) && power <= alpha
      ? [`--power ${power}: expected more than --alpha ${alpha}.`]
      : []),
  ];
  if (wrong.length + missing.length > 0) {
    throw new UsageError(
      [...missing, ...wrong].join(' '),
      'Such as: lomap power --difference 0.39 --deviation 0.6 --seeds 5 --comparisons 7',
    );
  }
  return {
    ...{ difference: difference!, deviation: deviation ?? null, seeds: seeds ?? null },
    ...{ power, alpha, comparisons },
  };
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

function percent(share: number): string {
  return `${digits(100 * share)} %`;
}
