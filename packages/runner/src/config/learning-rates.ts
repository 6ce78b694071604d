/** Where a sweep's learning rates come from: the cells' settings, a list or table, or a search. */
import { formatPath } from './issues.ts';
import { noDuplicates, taskOf } from './names.ts';
import type { Registry } from './registry.ts';
import type { MethodEntry, PlainSweepFile, SweepFile } from './sweep-schema.ts';

export interface Search {
  /** The task whose selection split chooses; null: each task chooses for itself. */
  readonly task: string | null;
  readonly seeds: readonly number[];
  readonly learningRates: readonly number[];
}

/** One place says the learning rate: a cell's settings, the search, or the list of learning rates. */
export function oneLearningRate(file: SweepFile, problems: string[]): void {
  if (file.search && file.learningRates)
    problems.push('learningRates: the search chooses the learning rate; remove one of the two.');
  if (!file.search && !file.learningRates) return;
  const who = file.search ? 'the search chooses the learning rate' : 'learningRates lists the learning rates';
  const check = (where: string, training: { learningRate?: unknown } | undefined): void => {
    if (training?.learningRate !== undefined)
      problems.push(`${where}.training.learningRate: ${who}; remove one of the two.`);
  };
  check('base', file.base?.training);
  for (const key of ['tasksOverrides', 'methodsOverrides'] as const) {
    for (const [name, overrides] of Object.entries(file[key] ?? {})) check(formatPath([key, name]), overrides.training);
  }
  file.methods.forEach((method, i) => {
    if (typeof method !== 'string') check(formatPath(['methods', i]), method.training);
  });
}

/** A table of learning rates has one for every cell that is run. */
export function checkTable(
  table: Readonly<Record<string, Readonly<Record<string, number>>>> | undefined,
  tasks: readonly string[],
  entries: readonly MethodEntry[],
  problems: string[],
): void {
  if (!table) return;
  for (const task of tasks) {
    for (const { label } of entries) {
      if (table[task]?.[label] === undefined)
        problems.push(`${formatPath(['learningRates', task, label])}: missing; the table names a rate for every cell.`);
    }
  }
}

/** The search with canonical names; null when there is none, or a problem with its task. */
export function checkSearch(
  file: PlainSweepFile,
  tasks: readonly string[],
  seeds: readonly number[],
  seedsFrom: string,
  registry: Registry,
  problems: string[],
): Search | null {
  if (!file.search) return null;
  const each = file.search.task === 'each';
  const task = each ? null : (taskOf(file.search.task, 'search.task', registry, problems) ?? undefined);
  noDuplicates('search.seeds', file.search.seeds, problems);
  noDuplicates('search.learningRates', file.search.learningRates, problems);
  const shared = file.search.seeds.filter((seed) => seeds.includes(seed));
  if (shared.length > 0)
    problems.push(
      `search.seeds: ${shared.join(', ')} also in ${seedsFrom}; a search seed is never used for reporting.`,
    );
  const empty = (each ? tasks : [file.search.task]).some((name) => {
    const selection = file.tasksOverrides?.[name]?.selection ?? file.base?.selection;
    return selection?.fraction === 0 || selection?.maximum === 0;
  });
  if (empty) problems.push('selection: the search needs a selection split, and this one is empty.');
  return task === undefined ? null : { ...file.search, task };
}
