/** A sweep: a sweep file and flags, checked against what exists. */
import { canonicalJson, PROTOCOL_KEYS } from '@lomap/results';
import { messageOf } from '../errors.ts';
import type { SweepFlags } from './flags.ts';
import { formatPath } from './issues.ts';
import { didYouMean } from './nearest.ts';
import { checkSearch, checkTable, oneLearningRate, type Search } from './learning-rates.ts';
import { noDuplicates, taskOf } from './names.ts';
import { SweepFileError } from './read-sweep.ts';
import type { Registry } from './registry.ts';
import { inapplicable, resolveCell, type CellSettings } from './resolve.ts';
import type { MethodEntry, SweepFile } from './sweep-schema.ts';

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
  readonly seeds: readonly number[];
  /** How many learning rates each method is trained at. */
  readonly rates: number;
  /** The learning rates of a cell that the file lists; null where the cell's settings or the search say one. */
  learningRates(task: string, label: string): readonly number[] | null;
  readonly search: Search | null;
  /** Whether each trial has a process to itself. */
  readonly ownProcess: boolean;
  /** What is recorded of the updates' geometry while training; null where nothing is. */
  readonly geometry: NonNullable<SweepFile['geometry']> | null;
  /** What is measured of forgetting, the task learned before by its canonical name; null where nothing is. */
  readonly forgetting: NonNullable<SweepFile['forgetting']> | null;
  /** The settings of one cell; the learning rate is the search's to choose when there is one. */
  cell(task: string, label: string): CellSettings;
}

/** Checks everything that zod cannot: names, duplicates, settings without effect. Throws a SweepFileError with all of it. */
export function checkSweep(path: string, file: SweepFile, registry: Registry, flags: SweepFlags = {}): Sweep {
  const problems: string[] = [];
  for (const list of ['tasks', 'methods', 'seeds'] as const) {
    if ((flags[list] ?? file[list]).length === 0)
      problems.push(`${list}: expected at least one, or the flag --${list}.`);
  }
  const tasks = (flags.tasks ?? file.tasks).flatMap((name, i) => {
    const where = flags.tasks ? '--tasks' : formatPath(['tasks', i]);
    return taskOf(name, where, registry, problems) ?? [];
  });
  const entries = methodEntries(file, registry, flags, problems);
  const seeds = flags.seeds ?? file.seeds;
  noDuplicates(flags.tasks ? '--tasks' : 'tasks', tasks, problems);
  noDuplicates(
    flags.methods ? '--methods' : 'methods',
    entries.map((entry) => entry.label),
    problems,
  );
  noDuplicates(flags.seeds ? '--seeds' : 'seeds', seeds, problems);

  for (const name of Object.keys(file.tasksOverrides ?? {})) {
    if (taskOf(name, formatPath(['tasksOverrides', name]), registry, problems) === null) continue;
    if (!registry.tasks.includes(name))
      problems.push(`${formatPath(['tasksOverrides', name])}: write "${registry.canonicalTask(name)}".`);
  }
  const labels = [...labelsOf(file), ...registry.methods];
  for (const label of Object.keys(file.methodsOverrides ?? {})) {
    if (!labels.includes(label))
      problems.push(
        `${formatPath(['methodsOverrides', label])}: no method has this label.${didYouMean(label, labels)}`,
      );
  }
  checkQuestion(file, problems);
  oneLearningRate(file, problems);
  if (Array.isArray(file.learningRates)) noDuplicates('learningRates', file.learningRates, problems);
  else checkTable(file.learningRates, tasks, entries, problems);
  const search = checkSearch(file, tasks, seeds, flags.seeds ? '--seeds' : 'seeds', registry, problems);
  const forgetting = checkForgetting(file, registry, problems);
  checkMethods(file, tasks, entries, registry, problems);
  checkDevice(file, registry, flags, problems);
  if (problems.length === 0) noEqualCells(file, tasks, entries, registry, flags, problems);
  if (problems.length > 0) throw new SweepFileError(path, [...new Set(problems)]);

  const byLabel = new Map(entries.map((entry) => [entry.label, entry]));
  return {
    name: file.name,
    description: file.description ?? null,
    next: file.next ?? null,
    model: file.model ?? null,
    data: file.data ?? null,
    question: file.question ?? [],
    tasks,
    labels: entries.map((entry) => entry.label),
    seeds,
    rates: Array.isArray(file.learningRates) ? file.learningRates.length : 1,
    learningRates(task, label) {
      const { learningRates } = file;
      if (!learningRates) return null;
      return Array.isArray(learningRates) ? learningRates : [learningRates[task]![label]!];
    },
    search,
    ownProcess: file.ownProcess ?? false,
    geometry: file.geometry ?? null,
    forgetting,
    cell(task, label) {
      const entry = byLabel.get(label);
      if (!entry) throw new Error(`The sweep has no method ${label}.`);
      return resolveCell(file, task, entry, registry, flags);
    },
  };
}

/** Two labels with the same settings would be one trial under two names. */
function noEqualCells(
  file: SweepFile,
  tasks: readonly string[],
  entries: readonly MethodEntry[],
  registry: Registry,
  flags: SweepFlags,
  problems: string[],
): void {
  for (const task of tasks) {
    const labels = new Map<string, string>();
    for (const entry of entries) {
      const cell = resolveCell(file, task, entry, registry, flags);
      const settings = canonicalJson({ ...cell, method: { ...cell.method, label: '' } });
      const known = labels.get(settings);
      if (known !== undefined) problems.push(`methods: "${known}" and "${entry.label}" have the same settings.`);
      labels.set(settings, entry.label);
    }
  }
}

function labelsOf(file: SweepFile): string[] {
  return file.methods.map((method) => (typeof method === 'string' ? method : method.label));
}

/** The file's methods, or those of --methods: a label of the file, else a name of the registry. */
function methodEntries(file: SweepFile, registry: Registry, flags: SweepFlags, problems: string[]): MethodEntry[] {
  const ofFile = file.methods.map((method) => (typeof method === 'string' ? { label: method, name: method } : method));
  const check = (name: string, where: string, known: readonly string[]): boolean => {
    if (registry.methods.includes(name)) return true;
    problems.push(`${where}: there is no method "${name}".${didYouMean(name, known)} Known: ${known.join(', ')}.`);
    return false;
  };
  if (!flags.methods) {
    return ofFile.filter((entry, i) => {
      const where =
        typeof file.methods[i] === 'string' ? formatPath(['methods', i]) : formatPath(['methods', i, 'name']);
      return check(entry.name, where, registry.methods);
    });
  }
  const known = [...new Set([...ofFile.map((entry) => entry.label), ...registry.methods])];
  return flags.methods.flatMap((name) => {
    const entry = ofFile.find((candidate) => candidate.label === name) ?? { label: name, name };
    return check(entry.name, '--methods', known) ? [entry] : [];
  });
}

function checkQuestion({ question = [] }: SweepFile, problems: string[]): void {
  noDuplicates('question', question, problems);
  question.forEach((key, i) => {
    if (PROTOCOL_KEYS.includes(key)) return;
    const own = key === 'training.learningRate' || key === 'method' || key.startsWith('method.');
    problems.push(
      `${formatPath(['question', i])}: ` +
        (own
          ? `"${key}" is a method's own and always compared; remove it.`
          : `there is no setting "${key}" that methods share.${nearestKey(key)}`),
    );
  });
}

/** A key whose last part it is (`epochs`), or else the nearest. */
function nearestKey(key: string): string {
  const last = (path: string) => path.split('.').at(-1)!.toLowerCase();
  const named = PROTOCOL_KEYS.find((known) => last(known) === last(key));
  return named === undefined ? didYouMean(key, PROTOCOL_KEYS) : ` Did you mean "${named}"?`;
}

function checkForgetting(file: SweepFile, registry: Registry, problems: string[]): Sweep['forgetting'] {
  const { forgetting } = file;
  if (!forgetting) return null;
  const { maskedLmTexts, previous } = forgetting;
  if (maskedLmTexts === undefined && !previous) {
    problems.push('forgetting: expected maskedLmTexts, previous or both.');
    return null;
  }
  if (!previous) return forgetting;
  const task = taskOf(previous.task, 'forgetting.previous.task', registry, problems);
  return task === null ? null : { ...forgetting, previous: { ...previous, task } };
}

function checkMethods(
  file: SweepFile,
  tasks: readonly string[],
  entries: readonly MethodEntry[],
  registry: Registry,
  problems: string[],
): void {
  for (const entry of entries) {
    try {
      for (const key of inapplicable(entry, file.methodsOverrides?.[entry.label], registry)) {
        problems.push(`method ${entry.label}: ${key} means nothing to "${entry.name}".`);
      }
      for (const task of tasks) registry.checkMethod(resolveCell(file, task, entry, registry).method);
    } catch (error) {
      problems.push(`method ${entry.label}: ${messageOf(error)}`);
    }
  }
}

function checkDevice(file: SweepFile, registry: Registry, flags: SweepFlags, problems: string[]): void {
  const known = registry.devices;
  const check = (where: string, device: string | undefined): void => {
    if (device === undefined || known.includes(device)) return;
    problems.push(`${where}: there is no device "${device}".${didYouMean(device, known)} Known: ${known.join(', ')}.`);
  };
  check('--device', flags.device);
  check('base.engine.device', file.base?.engine?.device);
  for (const key of ['tasksOverrides', 'methodsOverrides'] as const) {
    for (const [name, overrides] of Object.entries(file[key] ?? {}))
      check(`${formatPath([key, name])}.engine.device`, overrides.engine?.device);
  }
}
