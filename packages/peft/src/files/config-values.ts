/** Values of a foreign adapter_config.json, each checked when it is read. */
import { AdapterFileError } from './types.ts';

export class ConfigValues {
  readonly #config: Readonly<Record<string, unknown>>;
  /** The file's path, for messages. */
  readonly where: string;

  constructor(config: Readonly<Record<string, unknown>>, where: string) {
    this.#config = config;
    this.where = where;
  }

  /** Keys whose value says something: not null, false, 0, or empty. */
  said(): string[] {
    return Object.entries(this.#config)
      .filter(([, value]) => !saysNothing(value))
      .map(([key]) => key);
  }

  value(key: string): unknown {
    return this.#config[key] ?? null;
  }

  number(key: string, fallback?: number): number {
    const value = this.value(key) ?? fallback;
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    return this.wrong(key, 'a number');
  }

  /** A number for which something holds; `expected` says what. */
  numberThat(key: string, fallback: number, expected: string, holds: (value: number) => boolean): number {
    const value = this.number(key, fallback);
    return holds(value) ? value : this.wrong(key, expected);
  }

  /** A whole number of at least 1. */
  count(key: string, fallback: number): number {
    return this.numberThat(key, fallback, 'a whole number of at least 1', isCount);
  }

  positive(key: string, fallback: number): number {
    return this.numberThat(key, fallback, 'a number > 0', (value) => value > 0);
  }

  /** A probability of dropping: in [0, 1). */
  dropout(key: string): number {
    return this.numberThat(key, 0, 'a number of at least 0 and below 1', (value) => value >= 0 && value < 1);
  }

  boolean(key: string, fallback: boolean): boolean {
    const value = this.value(key) ?? fallback;
    if (typeof value === 'boolean') return value;
    return this.wrong(key, 'true or false');
  }

  /** A name or an expression, or a list of names; empty where there is none. */
  names(key: string): string | readonly string[] {
    const value = this.value(key) ?? [];
    if (typeof value === 'string' || isStrings(value)) return value;
    return this.wrong(key, 'a text or a list of texts');
  }

  list(key: string): readonly string[] {
    const value = this.names(key);
    return typeof value === 'string' ? [value] : value;
  }

  /** Whole numbers, or one; null where there are none. */
  numbers(key: string): readonly number[] | null {
    const value = this.value(key) ?? [];
    const all = Array.isArray(value) ? (value as unknown[]) : [value];
    if (!all.every((entry): entry is number => Number.isSafeInteger(entry))) {
      return this.wrong(key, 'a whole number or a list of them');
    }
    return all.length === 0 ? null : all;
  }

  /** Numbers by expression, in the file's order. */
  pattern(key: string): Map<string, number> {
    const value = this.value(key) ?? {};
    if (typeof value !== 'object' || Array.isArray(value)) return this.wrong(key, 'an object of numbers');
    const entries = Object.entries(value);
    if (!entries.every((entry): entry is [string, number] => Number.isFinite(entry[1]))) {
      return this.wrong(key, 'an object of numbers');
    }
    return new Map(entries);
  }

  wrong(key: string, expected: string): never {
    throw new AdapterFileError(`${this.where}: ${key} is ${JSON.stringify(this.value(key))}; expected ${expected}.`);
  }
}

export function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 1;
}

/** Whether a key with this value is as good as absent. */
export function saysNothing(value: unknown): boolean {
  if (value === null || value === undefined || value === false || value === 0 || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

function isStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}
