/** A sweep as plain data: what its file and the flags come to. It can be written as JSON and read elsewhere. */
import type { Search } from './learning-rates.ts';
import type { CellSettings } from './resolve.ts';
import type { PlainSweepFile } from './sweep-schema.ts';

export interface Sweep {
  readonly name: string;
  readonly description: string | null;
  /** What to try next; null where the file names nothing. */
  readonly next: string | null;
  /** What the file names, as it stands there; null where it names none. */
  readonly model: string | null;
  readonly data: string | null;
  /** The settings, by key, whose difference between methods is what the sweep asks about; empty: none. */
  readonly question: readonly string[];
  readonly tasks: readonly string[];
  /** Labels of the methods, in the table's order. */
  readonly labels: readonly string[];
  /** By label, what a file's lists of values make of it: the settings in words; empty for a row that is written as such. */
  readonly listed: Readonly<Record<string, string>>;
  /** What flags change of the file beyond what they say. */
  readonly notes: readonly string[];
  readonly seeds: readonly number[];
  /**
   * The learning rates that the file lists: of every method each, or one by task and label. Null where the cells' settings
   * or the search say one.
   */
  readonly learningRates: readonly number[] | Readonly<Record<string, Readonly<Record<string, number>>>> | null;
  readonly search: Search | null;
  /** The most rows of a dev split that are scored; null: all. */
  readonly maxDevSamples: number | null;
  /** Whether each trial has a process to itself. */
  readonly ownProcess: boolean;
  /** What is recorded of the updates' geometry while training; null where nothing is. */
  readonly geometry: NonNullable<PlainSweepFile['geometry']> | null;
  /** What is measured of forgetting, the task learned before by its canonical name; null where nothing is. */
  readonly forgetting: NonNullable<PlainSweepFile['forgetting']> | null;
  /**
   * The settings of every cell, by task (the search's and the one learned before included) and label; the learning rate is
   * the search's to choose when there is one.
   */
  readonly cells: Readonly<Record<string, Readonly<Record<string, CellSettings>>>>;
}

/** Every task that the sweep reads, the search's included. */
export function tasksRead({ tasks, search, forgetting }: Pick<Sweep, 'tasks' | 'search' | 'forgetting'>): string[] {
  const further = [search?.task, forgetting?.previous?.task].flatMap((task) => task ?? []);
  return [...new Set([...tasks, ...further])];
}

/** The settings of one cell. @throws Error for a task or a label that the sweep has not. */
export function cellOf({ cells }: Pick<Sweep, 'cells'>, task: string, label: string): CellSettings {
  const cell = cells[task]?.[label];
  if (!cell) throw new Error(`The sweep has no method ${label} on ${task}.`);
  return cell;
}

/** The learning rates that the file lists for a cell; null where the cell's settings or the search say one. */
export function ratesOf(
  { learningRates }: Pick<Sweep, 'learningRates'>,
  task: string,
  label: string,
): readonly number[] | null {
  if (learningRates === null || isList(learningRates)) return learningRates;
  const rate = learningRates[task]?.[label];
  if (rate === undefined) throw new Error(`The sweep lists no learning rate of ${label} on ${task}.`);
  return [rate];
}

/** How many learning rates each method is trained at. */
export function ratesPerCell({ learningRates }: Pick<Sweep, 'learningRates'>): number {
  return learningRates !== null && isList(learningRates) ? learningRates.length : 1;
}

function isList(rates: NonNullable<Sweep['learningRates']>): rates is readonly number[] {
  return Array.isArray(rates);
}
