/** The rows of a sweep's table: the file's methods and those that flags name, with what lists of values make of them. */
import type { SweepFlags } from './flags.ts';
import { formatPath } from './issues.ts';
import { didYouMean } from '@lomap/files';
import type { Registry } from './registry.ts';
import { mergedOverrides, rowsOf, type Row } from './rows.ts';
import type { PlainSweepFile, SweepFile, WrittenEntry } from './sweep-schema.ts';

/** The file with an entry for each row, and the rows that are asked for. */
export interface Methods {
  readonly file: PlainSweepFile;
  readonly chosen: readonly Row[];
  /** Every label that `methodsOverrides` may name. */
  readonly labels: readonly string[];
}

interface Candidate {
  readonly entry: WrittenEntry;
  /** Its place in the file, or the flag that names it. */
  readonly where: string;
  readonly inFile: boolean;
  /** Whether it is written as a name alone. */
  readonly isName: boolean;
}

/** The rows of the file, or those that --methods names: labels of the file, else names of the registry. */
export function methodsOf(written: SweepFile, registry: Registry, flags: SweepFlags, problems: string[]): Methods {
  const candidates = withRank(
    known(candidatesOf(written, registry, flags), registry, problems),
    registry,
    flags,
    problems,
  );
  const rows = candidates.map((candidate) => ({
    ...candidate,
    rows: rowsOf(candidate.entry, candidate.where, problems),
  }));
  const inFile = rows.filter((candidate) => candidate.inFile).flatMap((candidate) => candidate.rows);
  const all = rows.flatMap((candidate) => candidate.rows);
  return {
    file: spread({ ...written, methods: all.map(({ entry }) => entry) }, all),
    chosen: flags.methods ? named(flags.methods, all, registry, problems) : inFile,
    labels: [...new Set([...all.flatMap(({ entry, origin }) => [entry.label, origin]), ...registry.methods])],
  };
}

function candidatesOf({ methods }: SweepFile, registry: Registry, flags: SweepFlags): Candidate[] {
  const ofFile = methods.map((method, i): Candidate => {
    const isName = typeof method === 'string';
    const entry = isName ? { label: method, name: method } : method;
    return { entry, where: formatPath(['methods', i]), inFile: true, isName };
  });
  const labels = new Set(ofFile.map(({ entry }) => entry.label));
  const further = (flags.methods ?? []).filter((name) => !labels.has(name) && registry.methods.includes(name));
  return [
    ...ofFile,
    ...[...new Set(further)].map((name) => ({
      entry: { label: name, name },
      where: '--methods',
      inFile: false,
      isName: true,
    })),
  ];
}

/** Those whose method the registry has. */
function known(candidates: readonly Candidate[], registry: Registry, problems: string[]): Candidate[] {
  return candidates.filter(({ entry: { name }, where, isName }) => {
    if (registry.methods.includes(name)) return true;
    problems.push(`${where}${isName ? '' : '.name'}: ${noMethod(name, registry.methods)}`);
    return false;
  });
}

/** `--rank` in place of every rank that entries with one have. */
function withRank(
  candidates: readonly Candidate[],
  registry: Registry,
  flags: SweepFlags,
  problems: string[],
): Candidate[] {
  const { ranks } = flags;
  if (!ranks) return [...candidates];
  const has = ({ entry }: Candidate): boolean => registry.methodDefaults(entry.name).rank !== null;
  if (!candidates.some(has)) problems.push('--rank: no method of the sweep has a rank.');
  const rank = ranks.length === 1 ? ranks[0]! : [...ranks];
  return candidates.map((candidate) =>
    has(candidate) ? { ...candidate, entry: { ...candidate.entry, rank } } : candidate,
  );
}

/** What a file says by label, for each row: overrides and learning rates of an entry mean all rows made of it. */
function spread(file: PlainSweepFile, rows: readonly Row[]): PlainSweepFile {
  const made = rows.filter(({ listed }) => listed !== '');
  const { methodsOverrides: overrides, learningRates: rates } = file;
  const table = rates && !Array.isArray(rates) ? rates : null;
  return {
    ...file,
    ...(overrides && {
      methodsOverrides: {
        ...overrides,
        ...Object.fromEntries(
          made.flatMap(({ entry: { label }, origin }) => {
            const own = mergedOverrides(overrides[origin], overrides[label]);
            return own ? [[label, own]] : [];
          }),
        ),
      },
    }),
    ...(table && {
      learningRates: Object.fromEntries(
        Object.entries(table).map(([task, byLabel]) => {
          const ofEntries = made.flatMap(({ entry: { label }, origin }) =>
            byLabel[origin] === undefined ? [] : [[label, byLabel[origin]] as const],
          );
          return [task, { ...Object.fromEntries(ofEntries), ...byLabel }];
        }),
      ),
    }),
  };
}

function named(names: readonly string[], all: readonly Row[], registry: Registry, problems: string[]): Row[] {
  const labels = [...new Set([...all.flatMap(({ entry, origin }) => [origin, entry.label]), ...registry.methods])];
  return names.flatMap((name) => {
    const rows = all.filter(({ entry, origin }) => origin === name || entry.label === name);
    if (rows.length === 0 && !labels.includes(name)) problems.push(`--methods: ${noMethod(name, labels)}`);
    return rows;
  });
}

function noMethod(name: string, names: readonly string[]): string {
  return `there is no method "${name}".${didYouMean(name, names)} Known: ${names.join(', ')}.`;
}
