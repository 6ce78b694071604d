/** A trial's result as its two lines, in trials.jsonl and in details.jsonl.gz, and back. */
import { canonicalJson } from '../canonical.ts';
import { ResultsError } from '../error.ts';
import { describeIssues } from '../issues.ts';
import { SCHEMA_VERSION, type TrialResult } from '../schema/result.ts';
import { trainingSettingsSchema } from '../schema/training.ts';
import { fromColumns, isRow, toColumns } from './columns.ts';
import { keptCurvesSchema, leaveOut, restoreCurves } from './curves.ts';
import { fromNumbers, toNumbers, type Dictionaries } from './dictionaries.ts';

type Row = Readonly<Record<string, unknown>>;

/**
 * What stands at the head of a line, so that nobody has to look inside a block for it, and where a result has it. A block
 * does not hold it a second time.
 */
const HEAD: readonly (readonly [column: string, path: readonly string[]])[] = [
  ['id', ['trial', 'id']],
  ['sweep', ['trial', 'sweep']],
  ['task', ['trial', 'settings', 'task']],
  ['label', ['trial', 'settings', 'method', 'label']],
  ['method', ['trial', 'settings', 'method', 'name']],
  ['seed', ['trial', 'settings', 'seed']],
  ['purpose', ['trial', 'purpose']],
  ['learningRate', ['trial', 'settings', 'training', 'learningRate']],
  ['rank', ['trial', 'settings', 'method', 'rank']],
  ['metric', ['trial', 'primary', 'metric']],
  ['score', ['trial', 'primary', 'value']],
  ['selectionScore', ['trial', 'selectionScore']],
  ['steps', ['trial', 'steps']],
  ['seconds', ['measured', 'seconds', 'total']],
  ['adapterParameters', ['trial', 'parameters', 'adapter']],
  ['headParameters', ['trial', 'parameters', 'head']],
];
/** A trial without a result leaves no line. */
const STATUS = 'complete';

/** The lines of some trials, in their order, and what they share. The curves are written as they are: thinned before. */
export function toLines(results: readonly TrialResult[]): {
  trials: string[];
  details: string[];
  dictionaries: Dictionaries;
} {
  const heads = results.map(headOf);
  const { dictionaries, numbered } = toNumbers(
    heads.map(({ rest }) => ({
      settings: (rest['trial'] as Row)['settings'] as Row,
      provenance: rest['provenance'],
    })),
  );
  const trials = heads.map(({ head, rest }, i) => {
    const { curves: _curves, matrices: _matrices, geometry: _geometry, ...trial } = rest['trial'] as Row;
    const blocks: Row = { ...trial, measured: rest['measured'], ...numbered[i] };
    const line = [
      ...Object.entries({ ...head, status: STATUS }),
      ...Object.entries(blocks)
        .filter(([, value]) => value !== undefined)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    ];
    return `{${line.map(([key, value]) => `${JSON.stringify(key)}:${canonicalJson(value)}`).join(',')}}`;
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
  const columns = new Set(HEAD.map(([column]) => column));
  const trial = Object.fromEntries(Object.entries(rest).filter(([key]) => !columns.has(key)));
  const blocks = fromNumbers(isRow(settings) ? settings : {}, provenance, dictionaries);
  let result: Row = {
    schemaVersion: SCHEMA_VERSION,
    trial: { ...trial, settings: blocks.settings },
    measured,
    provenance: blocks.provenance,
  };
  for (const [column, path] of HEAD) {
    if (Object.hasOwn(line, column)) result = withValue(result, path, line[column]);
  }
  const { id, curves, matrices, geometry } = details;
  if (id !== line['id']) throw new ResultsError(`id: expected that of the trial, ${String(line['id'])}, found ${String(id)}.`);
  return {
    ...result,
    trial: {
      ...(result['trial'] as Row),
      curves: curvesOf(curves, result),
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
function curvesOf(curves: unknown, result: Row): unknown {
  const { settings, steps } = result['trial'] as { settings: Row; steps: unknown };
  const kept = keptCurvesSchema.safeParse(curves);
  if (!kept.success) throw new ResultsError(`curves: ${describeIssues(kept.error)}.`);
  const training = trainingSettingsSchema.safeParse(settings['training']);
  // The schema of the whole says what is wrong with them.
  if (!training.success || typeof steps !== 'number') return kept.data;
  return restoreCurves(kept.data, training.data, steps);
}

/** The head's columns of a result, and the result without them. */
function headOf(result: TrialResult): { head: Row; rest: Row } {
  const head: Record<string, unknown> = {};
  let rest: Row = result as unknown as Row;
  for (const [column, path] of HEAD) {
    const value = path.reduce<unknown>((block, key) => (isRow(block) ? block[key] : undefined), result);
    if (value === undefined) continue;
    head[column] = value;
    rest = without(rest, path);
  }
  return { head, rest };
}

/** A copy without the value at the path, nor the block that holds nothing else. */
function without(block: Row, [key, ...deeper]: readonly string[]): Row {
  const { [key!]: value, ...rest } = block;
  if (deeper.length === 0) return rest;
  const inner = without(value as Row, deeper);
  return Object.keys(inner).length === 0 ? rest : { ...rest, [key!]: inner };
}

/** A copy with a value at the path, its block's keys sorted as in result.json. */
function withValue(block: Row, [key, ...deeper]: readonly string[], value: unknown): Row {
  const old = block[key!];
  const inner = deeper.length === 0 ? value : withValue(isRow(old) ? old : {}, deeper, value);
  return Object.fromEntries(Object.entries({ ...block, [key!]: inner }).sort(([a], [b]) => (a < b ? -1 : 1)));
}
