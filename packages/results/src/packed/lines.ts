/** A trial's result as its two lines, in trials.jsonl and in details.jsonl.gz, and back. */
import { canonicalJson } from '../canonical.ts';
import { ResultsError } from '../error.ts';
import { SCHEMA_VERSION, type TrialResult } from '../schema/result.ts';
import { trainingSettingsSchema } from '../schema/training.ts';
import { fromColumns, isRow, toColumns } from './columns.ts';
import { isKept, leaveOut, restoreCurves } from './curves.ts';
import { fromNumbers, toNumbers, type Dictionaries } from './dictionaries.ts';

type Row = Readonly<Record<string, unknown>>;

/** What is lifted out of a result's blocks to the line itself, so that nobody has to look for it there. */
const LIFTED: Readonly<Record<string, readonly string[]>> = {
  task: ['trial', 'settings', 'task'],
  label: ['trial', 'settings', 'method', 'label'],
  method: ['trial', 'settings', 'method', 'name'],
  seed: ['trial', 'settings', 'seed'],
  learningRate: ['trial', 'settings', 'training', 'learningRate'],
  rank: ['trial', 'settings', 'method', 'rank'],
  metric: ['trial', 'primary', 'metric'],
  score: ['trial', 'primary', 'value'],
  seconds: ['measured', 'seconds', 'total'],
  adapterParameters: ['trial', 'parameters', 'adapter'],
  headParameters: ['trial', 'parameters', 'head'],
};
/** What a line begins with; the rest follows by name. */
const FIRST = [
  ...['id', 'sweep', 'task', 'label', 'method', 'seed', 'purpose', 'status', 'learningRate', 'rank', 'metric', 'score'],
  ...['selectionScore', 'steps', 'seconds', 'adapterParameters', 'headParameters'],
];
/** Of every line: a trial that did not finish has no result, and no line. */
const STATUS = 'complete';

/** The lines of some trials, in their order, and what they share. Curves are taken as they are: thinned before. */
export function toLines(results: readonly TrialResult[]): {
  trials: string[];
  details: string[];
  dictionaries: Dictionaries;
} {
  const parts = results.map(lift);
  const { dictionaries, numbered } = toNumbers(parts.map(({ settings, provenance }) => ({ settings, provenance })));
  const trials = parts.map(({ lifted, trial, measured }, i) => {
    const line: Row = { ...trial, ...lifted, status: STATUS, measured, ...numbered[i] };
    const names = Object.keys(line).filter((name) => line[name] !== undefined);
    const ordered = [
      ...FIRST.filter((name) => names.includes(name)),
      ...names.filter((name) => !FIRST.includes(name)).sort(),
    ];
    return `{${ordered.map((name) => `${JSON.stringify(name)}:${canonicalJson(line[name])}`).join(',')}}`;
  });
  return { trials, details: results.map(detailsOf), dictionaries };
}

/**
 * The result of two lines, not yet checked against the schema. Throws a ResultsError that names the key of what cannot
 * be put together.
 */
export function fromLines(line: Row, details: Row, dictionaries: Dictionaries): unknown {
  const { status, settings, provenance, measured, ...rest } = line;
  if (status !== STATUS) throw new ResultsError(`status: expected "${STATUS}", found ${JSON.stringify(status)}.`);
  const blocks = fromNumbers(isRow(settings) ? settings : {}, provenance, dictionaries);
  const trial = Object.fromEntries(Object.entries(rest).filter(([name]) => !Object.hasOwn(LIFTED, name)));
  let result: Row = {
    schemaVersion: SCHEMA_VERSION,
    trial: { ...trial, settings: blocks.settings },
    measured,
    provenance: blocks.provenance,
  };
  for (const [name, path] of Object.entries(LIFTED)) {
    if (Object.hasOwn(line, name)) result = withValue(result, path, line[name]);
  }
  const { id, curves, matrices, geometry } = details;
  if (id !== line['id']) {
    throw new ResultsError(`id: the details in this line's place are of another trial, ${JSON.stringify(id)}.`);
  }
  const whole = result['trial'] as Row;
  return {
    ...result,
    trial: {
      ...whole,
      curves: curvesOf(curves, whole),
      matrices: fromColumns(matrices, 'matrices'),
      ...(geometry !== undefined && { geometry: geometryOf(geometry) }),
    },
  };
}

function detailsOf({ trial }: TrialResult): string {
  const { id, matrices, geometry } = trial;
  return canonicalJson({
    id,
    curves: leaveOut(trial),
    matrices: toColumns(matrices),
    ...(geometry && {
      geometry: Object.fromEntries(Object.entries(geometry).map(([key, rows]) => [key, toColumns(rows)])),
    }),
  });
}

function geometryOf(geometry: unknown): unknown {
  if (!isRow(geometry)) return geometry;
  return Object.fromEntries(
    Object.entries(geometry).map(([key, columns]) => [key, fromColumns(columns, `geometry.${key}`)]),
  );
}

/** Curves are made again from settings that the result's schema has not seen yet, so what they take is checked here. */
function curvesOf(curves: unknown, { settings, steps }: Row): unknown {
  if (!isKept(curves))
    throw new ResultsError('curves: expected arrays in loss and gradientNorm, and a whole number every.');
  const training = trainingSettingsSchema.safeParse((settings as Row)['training']);
  // The schema of the whole says what is wrong with them.
  return training.success && typeof steps === 'number' ? restoreCurves(curves, training.data, steps) : curves;
}

interface Parts {
  readonly lifted: Row;
  /** Without its settings and what is in the details. */
  readonly trial: Row;
  readonly settings: Row;
  readonly measured: unknown;
  readonly provenance: unknown;
}

function lift(result: TrialResult): Parts {
  const lifted: Record<string, unknown> = {};
  let left: Row = { ...result };
  for (const [name, path] of Object.entries(LIFTED)) {
    const value = path.reduce<unknown>((block, key) => (isRow(block) ? block[key] : undefined), result);
    if (value === undefined) continue;
    lifted[name] = value;
    left = withoutValue(left, path);
  }
  const { settings, curves: _curves, matrices: _matrices, geometry: _geometry, ...trial } = left['trial'] as Row;
  return { lifted, trial, settings: settings as Row, measured: left['measured'], provenance: left['provenance'] };
}

/** A copy without the value at the path, nor the block that holds nothing else. */
function withoutValue(block: Row, [key, ...deeper]: readonly string[]): Row {
  const { [key!]: value, ...rest } = block;
  if (deeper.length === 0) return rest;
  const inner = withoutValue(value as Row, deeper);
  return Object.keys(inner).length === 0 ? rest : { ...rest, [key!]: inner };
}

/** A copy with the value at the path, the keys beside it sorted as in result.json. */
function withValue(block: Row, [key, ...deeper]: readonly string[], value: unknown): Row {
  if (deeper.length === 0) {
    return Object.fromEntries(Object.entries({ ...block, [key!]: value }).sort(([a], [b]) => (a < b ? -1 : 1)));
  }
  const inner = block[key!];
  return { ...block, [key!]: withValue(isRow(inner) ? inner : {}, deeper, value) };
}
