/** Flags of the command line that change what a sweep file says. */
import { UsageError } from '../errors.ts';

export interface SweepFlags {
  /** Each replaces the file's list, whatever it held. */
  readonly tasks?: readonly string[] | undefined;
  readonly methods?: readonly string[] | undefined;
  readonly seeds?: readonly number[] | undefined;
  /** Each wins over every setting of the file. */
  readonly maxSteps?: number | undefined;
  readonly maxTrainSamples?: number | undefined;
  readonly maxDevSamples?: number | undefined;
  /** One: all methods at it. Several: each method at each of them. Either way nothing is searched. */
  readonly learningRates?: readonly number[] | undefined;
  readonly noSearch?: boolean | undefined;
  /** Of every method that has a rank; several make a row of each. */
  readonly ranks?: readonly number[] | undefined;
  readonly device?: string | undefined;
}

/** `rte,mrpc` as a list. Throws a UsageError on an empty list or item. */
export function parseList(flag: string, text: string): string[] {
  const items = text.split(',').map((item) => item.trim());
  const empty = items.indexOf('');
  if (empty >= 0) {
    throw new UsageError(
      `--${flag} ${JSON.stringify(text)}: item ${empty + 1} of the list is empty.`,
      'Items are separated by single commas. A shell variable that is not set leaves an empty one.',
    );
  }
  return items;
}

/** `3` as the seeds 1, 2, 3 and `4,5` as the seeds 4 and 5; `7,` is the one seed 7. Throws a UsageError on anything else. */
export function parseSeeds(text: string): number[] {
  const hint = 'A number is a count (--seeds 3 is 1,2,3), a list names the seeds (--seeds 4,5; one seed: --seeds 7,).';
  const trimmed = text.trim();
  if (/^\d+$/.test(trimmed)) {
    const count = Number(trimmed);
    if (count < 1 || count > 1000) throw new UsageError(`--seeds ${text}: expected a count from 1 to 1000.`, hint);
    return Array.from({ length: count }, (_, i) => i + 1);
  }
  const items = parseList('seeds', trimmed.replace(/(?<=\d)\s*,$/, ''));
  if (!items.every((item) => /^\d+$/.test(item)))
    throw new UsageError(`--seeds ${JSON.stringify(text)}: expected a count or a list.`, hint);
  const seeds = items.map(Number);
  if (!seeds.every(Number.isSafeInteger)) throw new UsageError(`--seeds ${text}: a seed is at most 2^53 - 1.`, hint);
  return seeds;
}

/** `1e-3,3e-3` as positive numbers, whole ones if asked. Throws a UsageError on anything else, or a number twice. */
export function parseNumbers(flag: string, text: string, kind: 'positive' | 'whole'): number[] {
  const expected =
    kind === 'whole' ? 'whole numbers of at least 1, such as 8 or 4,8' : 'numbers above 0, such as 1e-3 or 1e-3,3e-3';
  return parseList(flag, text).map((item, i, items) => {
    const value = /^[+\d.]/.test(item) ? Number(item) : NaN;
    const fits = kind === 'whole' ? Number.isSafeInteger(value) && value >= 1 : Number.isFinite(value) && value > 0;
    if (!fits) throw new UsageError(`--${flag} ${text}: "${item}" is not allowed here; expected ${expected}.`);
    if (items.findIndex((other) => Number(other) === value) < i)
      throw new UsageError(`--${flag} ${text}: ${value} is there twice.`);
    return value;
  });
}

/** A yargs coercion: a whole number of at least 1. Throws a UsageError on anything else. */
export function wholeNumber(flag: string): (value: number | undefined) => number | undefined {
  return (value) => {
    if (value === undefined || (Number.isSafeInteger(value) && value >= 1)) return value;
    const given = Number.isNaN(value) ? '' : ` ${value}`;
    throw new UsageError(`--${flag}${given}: expected a whole number of at least 1.`);
  };
}
