/** What the flags of `lomap power` ask for, checked. */
import { smallestSignFlipP } from '@lomap/statistics';
import { UsageError } from '../errors.ts';
import type { PowerArguments } from './power-options.ts';

/** A question of `lomap power`; what was not asked is null. */
export interface Asked {
  readonly difference: number | null;
  readonly halfWidth: number | null;
  /** The margin of equality. */
  readonly equivalence: number | null;
  readonly deviation: number | null;
  readonly seeds: number | null;
  readonly power: number;
  readonly alpha: number;
  readonly comparisons: number | null;
}

/** Below this no level is reached by drawn sign patterns, however many the seeds. */
const SMALLEST_LEVEL = smallestSignFlipP(1000);

/** Throws a UsageError that names every flag without a meaning. */
export function checked(args: PowerArguments): Asked {
  const { difference, equivalence, deviation, from, seeds, power = 0.8, alpha = 0.05 } = args;
  const halfWidth = args['half-width'];
  const comparisons = args.comparisons ?? (from === undefined ? 1 : null);
  const share = (value: number): boolean => value > 0 && value < 1;
  const positive = (value: number): boolean => Number.isFinite(value) && value > 0;
  const whole = (value: number, least: number): boolean => Number.isSafeInteger(value) && value >= least;
  const flags: [string, number | null | undefined, (value: number) => boolean, string][] = [
    ['difference', difference, (value) => Number.isFinite(value) && value !== 0, 'points other than 0, such as 0.39'],
    ['half-width', halfWidth, positive, 'points above 0, such as 0.3'],
    ['equivalence', equivalence, positive, 'points above 0, such as 0.3'],
    ['deviation', deviation, positive, 'points above 0, such as 0.6'],
    ['seeds', seeds, (value) => whole(value, 2), 'a whole number of at least 2'],
    ['power', power, share, 'a share between 0 and 1, such as 0.8'],
    ['alpha', alpha, share, 'a level between 0 and 1, such as 0.05'],
    ['comparisons', comparisons, (value) => whole(value, 1), 'a whole number of at least 1'],
  ];
  const wrong = flags.flatMap(([flag, value, valid, expected]) =>
    value == null || valid(value) ? [] : [`--${flag}${Number.isNaN(value) ? '' : ` ${value}`}: expected ${expected}.`],
  );
  const missing = [
    ...(difference === undefined && halfWidth === undefined && equivalence === undefined
      ? ['--difference is missing: the true difference to be shown, in points (or --half-width, or --equivalence).']
      : []),
    ...((deviation === undefined) === (from === undefined)
      ? [`--deviation ${from === undefined ? 'or' : 'and'} --from: expected one of the two.`]
      : []),
    ...(share(power) && share(alpha) && power <= alpha
      ? [`--power ${power}: expected more than --alpha ${alpha}.`]
      : []),
    ...(share(alpha) && alpha / (comparisons ?? 1) < SMALLEST_LEVEL
      ? [
          `--alpha ${alpha} over ${comparisons ?? 1}: expected a level of at least ${SMALLEST_LEVEL} for each comparison.`,
        ]
      : []),
  ];
  if (wrong.length + missing.length > 0) {
    throw new UsageError(
      [...missing, ...wrong].join(' '),
      'Such as: lomap power --difference 0.39 --deviation 0.6 --seeds 5 --comparisons 7',
    );
  }
  return {
    ...{ difference: difference ?? null, halfWidth: halfWidth ?? null, equivalence: equivalence ?? null },
    ...{ deviation: deviation ?? null, seeds: seeds ?? null, power, alpha, comparisons },
  };
}
