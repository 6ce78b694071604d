/** From a sweep file and flags to a sweep, checked against what exists. */
import { canonicalJson, PROTOCOL_KEYS } from '@lomap/results';
import { messageOf } from '../errors.ts';
import type { SweepFlags } from './flags.ts';
import { formatPath } from './issues.ts';
import { didYouMean } from '@lomap/files';
import { checkSearch, checkTable, oneLearningRate } from './learning-rates.ts';
import { noDuplicates, taskOf } from './names.ts';
import { SweepFileError } from './read-sweep.ts';
import type { Registry } from './registry.ts';
import { inapplicable, resolveCell } from './resolve.ts';
import { applyFlags } from './apply-flags.ts';
import { methodsOf } from './methods.ts';
import type { Row } from './rows.ts';
import type { MethodEntry, Overrides, PlainSweepFile, SweepFile } from './sweep-schema.ts';
import { tasksRead, type Sweep } from './sweep.ts';

/** Checks everything that zod cannot: names, duplicates, settings without effect. Throws a SweepFileError with all of it. */
export function checkSweep(path: string, written: SweepFile, registry: Registry, flags: SweepFlags = {}): Sweep {
  const { sweep, problems } = checkedSweep(written, registry, flags);
  if (sweep === null) throw new SweepFileError(path, problems);
  return sweep;
}

/** The sweep, or all that is wrong with it. */
export function checkedSweep(
  written: SweepFile,
  registry: Registry,
  flags: SweepFlags,
): { readonly sweep: Sweep | null; readonly problems: readonly string[] } {
  const problems: string[] = [];
  for (const list of ['tasks', 'methods', 'seeds'] as const) {
    if ((flags[list] ?? written[list]).length === 0)
      problems.push(`${list}: expected at least one, or the flag --${list}.`);
  }
  const flagged = applyFlags(written, registry, flags);
  oneLearningRate(flagged.file, problems);
  const { file, chosen, labels } = methodsOf(flagged.file, registry, flags, problems);
  const tasks = (flags.tasks ?? file.tasks).flatMap((name, i) => {
    const where = flags.tasks ? '--tasks' : formatPath(['tasks', i]);
    return taskOf(name, where, registry, problems) ?? [];
  });
  const entries = chosen.map(({ entry }) => entry);
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
  for (const label of Object.keys(file.methodsOverrides ?? {})) {
    if (!labels.includes(label))
      problems.push(
        `${formatPath(['methodsOverrides', label])}: no method has this label.${didYouMean(label, labels)}`,
      );
  }
  checkQuestion(file, problems);
  if (Array.isArray(file.learningRates)) noDuplicates('learningRates', file.learningRates, problems);
  else checkTable(file.learningRates, tasks, entries, problems);
  const search = checkSearch(file, tasks, seeds, flags.seeds ? '--seeds' : 'seeds', registry, problems);
  const forgetting = checkForgetting(file, registry, problems);
  checkMethods(file, tasks, chosen, registry, problems);
  checkNamed(file, 'device', registry.devices, problems, flags.device);
  checkNamed(file, 'optimizer', registry.optimizers, problems);
  if (problems.length === 0) noEqualCells(file, tasks, entries, registry, flags, problems);
  if (problems.length > 0) return { sweep: null, problems: [...new Set(problems)] };
  const { notes } = flagged;
  return { sweep: sweepOf({ file, tasks, chosen, seeds, search, forgetting, notes, registry, flags }), problems };
}

interface Checked extends Pick<Sweep, 'tasks' | 'seeds' | 'search' | 'forgetting' | 'notes'> {
  readonly file: PlainSweepFile;
  readonly chosen: readonly Row[];
  readonly registry: Registry;
  readonly flags: SweepFlags;
}

function sweepOf({ file, chosen, registry, flags, ...checked }: Checked): Sweep {
  const rows = new Map(chosen.map((row) => [row.entry.label, row]));
  const byLabel = <T>(of: (row: Row) => T): Record<string, T> =>
    Object.fromEntries([...rows].map(([label, row]) => [label, of(row)]));
  return {
    ...checked,
    name: file.name,
    description: file.description ?? null,
    next: file.next ?? null,
    model: file.model ?? null,
    data: file.data ?? null,
    question: file.question ?? [],
    labels: [...rows.keys()],
    listed: byLabel(({ listed }) => listed),
    learningRates: file.learningRates ?? null,
    maxDevSamples: file.maxDevSamples ?? null,
    ownProcess: file.ownProcess ?? false,
    geometry: file.geometry ?? null,
    cells: Object.fromEntries(
      tasksRead(checked).map((task) => [task, byLabel(({ entry }) => resolveCell(file, task, entry, registry, flags))]),
    ),
  };
}

/** Two labels with the same settings on every task, tabled learning rates included, would be one row under two names. */
function noEqualCells(
  file: PlainSweepFile,
  tasks: readonly string[],
  entries: readonly MethodEntry[],
  registry: Registry,
  flags: SweepFlags,
  problems: string[],
): void {
  const labels = new Map<string, string>();
  for (const entry of entries) {
    const row = tasks.map((task) => {
      const cell = resolveCell(file, task, entry, registry, flags);
      const { learningRates } = file;
      const tabled = learningRates === undefined || Array.isArray(learningRates) ? undefined : learningRates[task];
      return { ...cell, method: { ...cell.method, label: '' }, rate: tabled?.[entry.label] ?? null };
    });
    const settings = canonicalJson(row);
    const known = labels.get(settings);
    if (known !== undefined) problems.push(`methods: "${known}" and "${entry.label}" have the same settings.`);
    labels.set(settings, entry.label);
  }
}

function checkQuestion({ question = [] }: PlainSweepFile, problems: string[]): void {
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

function checkForgetting(file: PlainSweepFile, registry: Registry, problems: string[]): Sweep['forgetting'] {
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
  file: PlainSweepFile,
  tasks: readonly string[],
  rows: readonly Row[],
  registry: Registry,
  problems: string[],
): void {
  for (const { entry } of rows) {
    try {
      const nothing = inapplicable(entry, file.methodsOverrides?.[entry.label], registry);
      problems.push(...nothing.map((key) => `method ${entry.label}: ${key} means nothing to "${entry.name}".`));
      if (nothing.length > 0) continue;
      for (const task of tasks) registry.checkMethod(resolveCell(file, task, entry, registry).method);
    } catch (error) {
      problems.push(`method ${entry.label}: ${messageOf(error)}`);
    }
  }
}

/** Checks a setting that names one of several things, wherever the file has it. */
function checkNamed(
  file: PlainSweepFile,
  what: 'device' | 'optimizer',
  known: readonly string[],
  problems: string[],
  flag?: string,
): void {
  const [key, of] =
    what === 'device'
      ? (['engine.device', ({ engine }: Overrides) => engine?.device] as const)
      : (['training.optimizer', ({ training }: Overrides) => training?.optimizer] as const);
  const check = (where: string, name: string | undefined): void => {
    if (name === undefined || known.includes(name)) return;
    problems.push(`${where}: there is no ${what} "${name}".${didYouMean(name, known)} Known: ${known.join(', ')}.`);
  };
  check(`--${what}`, flag);
  check(`base.${key}`, of(file.base ?? {}));
  for (const block of ['tasksOverrides', 'methodsOverrides'] as const) {
    for (const [name, overrides] of Object.entries(file[block] ?? {}))
      check(`${formatPath([block, name])}.${key}`, of(overrides));
  }
  file.methods.forEach((entry, i) => {
    if (typeof entry !== 'string') check(`${formatPath(['methods', i])}.${key}`, of({ training: entry.training }));
  });
}
