import { canonicalJson } from '../canonical.ts';
import { ResultsError } from '../error.ts';
import { isRow } from './columns.ts';

/** What many trials of a sweep share, by the number that stands in a trial's line instead. */
export interface Dictionaries {
  /** The distinct values of each block of the settings: `method`, `training`, ... */
  readonly settings: Readonly<Record<string, readonly unknown[]>>;
  readonly provenance: readonly unknown[];
}

type Row = Readonly<Record<string, unknown>>;

/** Numbers distinct JSON values in the order in which they come. */
class Numbered {
  readonly values: unknown[] = [];
  private readonly numbers = new Map<string, number>();

  number(value: unknown): number {
    const key = canonicalJson(value);
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    this.numbers.set(key, this.values.length);
    return this.values.push(value) - 1;
  }
}

/**
 * Replaces each block of settings that is an object in any trial, and each provenance, by its number in a dictionary.
 * Scalars stay. The order of the trials decides the numbers.
 */
export function toNumbers(trials: readonly { settings: Row; provenance: unknown }[]): {
  dictionaries: Dictionaries;
  numbered: { settings: Row; provenance: number }[];
} {
  const blocks = new Set(
    trials.flatMap(({ settings }) => Object.keys(settings).filter((key) => isRow(settings[key]))).sort(),
  );
  const of = new Map([...blocks].map((key) => [key, new Numbered()]));
  const provenances = new Numbered();
  const numbered = trials.map(({ settings, provenance }) => ({
    settings: Object.fromEntries(
      Object.entries(settings).map(([key, value]) => [key, of.get(key)?.number(value) ?? value]),
    ),
    provenance: provenances.number(provenance),
  }));
  const settings = Object.fromEntries([...of].map(([key, { values }]) => [key, values]));
  return { dictionaries: { settings, provenance: provenances.values }, numbered };
}

/** The blocks behind the numbers of a line. Throws a ResultsError that names the key of a number that is not there. */
export function fromNumbers(
  settings: Row,
  provenance: unknown,
  of: Dictionaries,
): { settings: Row; provenance: unknown } {
  const blocks = Object.entries(settings).map(([key, value]): [string, unknown] => {
    const values = Object.hasOwn(of.settings, key) ? of.settings[key] : undefined;
    return [key, values === undefined ? value : lookUp(values, value, `settings.${key}`)];
  });
  return { settings: Object.fromEntries(blocks), provenance: lookUp(of.provenance, provenance, 'provenance') };
}

function lookUp(values: readonly unknown[], number: unknown, key: string): unknown {
  if (typeof number === 'number' && Object.hasOwn(values, number)) return values[number];
  throw new ResultsError(
    `${key}: expected a number below ${values.length}, the entries of sweep.json, found ${JSON.stringify(number)}.`,
  );
}
