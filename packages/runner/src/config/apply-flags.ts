/** Flags as the sweep file that says the same: what a flag means is what the file's keys mean. */
import { defaultSettings } from './defaults.ts';
import type { SweepFlags } from './flags.ts';
import type { Registry } from './registry.ts';
import type { Overrides, SweepFile, WrittenEntry } from './sweep-schema.ts';

/** The file as the flags change it, and what of that should be said. */
export interface Flagged {
  readonly file: SweepFile;
  readonly notes: readonly string[];
}

/**
 * `--learning-rate`, `--no-search`, `--rank` and `--max-dev-samples` as keys of the file, in place of what it says of
 * them; a search whose task `--tasks` leaves out, on the first task of `--tasks`. (`--rank` of entries: `methods.ts`.)
 */
export function applyFlags(written: SweepFile, registry: Registry, flags: SweepFlags): Flagged {
  const notes: string[] = [];
  let file = written;
  if (flags.learningRates) {
    if (file.search) notes.push('The search is left out: --learning-rate says the learning rates.');
    file = withRates(file, flags.learningRates);
  } else if (flags.noSearch && file.search) {
    const { search: _search, ...rest } = file;
    file = rest;
    notes.push(
      `No search: the learning rates are those of the settings, by default ${defaultSettings.training.learningRate}; --learning-rate gives others.`,
    );
  }
  if (flags.ranks) file = withoutRanks(file);
  if (flags.maxDevSamples !== undefined) file = { ...file, maxDevSamples: flags.maxDevSamples };
  const moved = movedSearch(file, registry, flags);
  return { file: moved.file, notes: [...notes, ...moved.notes] };
}

/** One rate is a setting of all, several are a curve; nothing else of the file says a rate any more. */
function withRates(file: SweepFile, rates: readonly number[]): SweepFile {
  const { search: _search, learningRates: _rates, ...rest } = file;
  const bare = mapOverrides(rest, withoutRate);
  const methods = bare.methods.map((method) => (typeof method === 'string' ? method : withoutRate(method)));
  if (rates.length > 1) return { ...bare, methods, learningRates: [...rates] };
  return { ...bare, methods, base: { ...bare.base, training: { ...bare.base?.training, learningRate: rates[0]! } } };
}

function withoutRate<T extends Overrides | WrittenEntry>(settings: T): T {
  if (settings.training?.learningRate === undefined) return settings;
  const { learningRate: _rate, ...training } = settings.training;
  return { ...settings, training };
}

/** The ranks of entries are `--rank`'s; none of the file's layers goes before or above them. */
function withoutRanks(file: SweepFile): SweepFile {
  return mapOverrides(file, (overrides) => {
    if (overrides.method?.rank === undefined) return overrides;
    const { rank: _rank, ...method } = overrides.method;
    return { ...overrides, method };
  });
}

/** Every block of overrides changed. */
function mapOverrides(file: SweepFile, change: (overrides: Overrides) => Overrides): SweepFile {
  const each = (byName: Readonly<Record<string, Overrides>>): Record<string, Overrides> =>
    Object.fromEntries(Object.entries(byName).map(([name, overrides]) => [name, change(overrides)]));
  return {
    ...file,
    ...(file.base && { base: change(file.base) }),
    ...(file.tasksOverrides && { tasksOverrides: each(file.tasksOverrides) }),
    ...(file.methodsOverrides && { methodsOverrides: each(file.methodsOverrides) }),
  };
}

/**
 * A search on one of the file's tasks that `--tasks` leaves out would train on a task that nobody asked for: it is made
 * on the first task of `--tasks`, with the same budget. A search on a task that the file itself does not report stays.
 */
function movedSearch(file: SweepFile, registry: Registry, { tasks }: SweepFlags): Flagged {
  const { search } = file;
  const first = tasks?.[0];
  if (!search || tasks === undefined || first === undefined) return { file, notes: [] };
  const canonical = (names: readonly string[]): readonly (string | null)[] =>
    names.map((name) => registry.canonicalTask(name));
  const task = registry.canonicalTask(search.task);
  const to = registry.canonicalTask(first);
  if (task === null || to === null || canonical(tasks).includes(task) || !canonical(file.tasks).includes(task)) {
    return { file, notes: [] };
  }
  return {
    file: { ...file, search: { ...search, task: to } },
    notes: [`The search is on ${to}, the first of --tasks: the file's ${task} is not among them.`],
  };
}
