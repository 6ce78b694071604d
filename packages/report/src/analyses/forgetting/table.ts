import { distinct } from '../../group.ts';
import { taskTitle } from '../../names.ts';
import * as numbers from '../../tables/numbers.ts';
import { left, right, type Field, type Section, type Table } from '../../tables/table.ts';
import type {
  Endpoint,
  EndpointRow,
  ForgettingComparison,
  MatchedCell,
  NormEndpoint,
  ScoreEndpoint,
} from './compare.ts';
import { forgettingNotes } from './notes.ts';
import { matchedText } from './words.ts';

/**
 * The table of forgetting: for each kind, at matched score and at matched ‖ΔW‖, what was matched, each method's
 * forgetting, and the paired differences from its baseline with the primary endpoint.
 */
export function forgettingTable(comparison: ForgettingComparison, title: string): Table {
  return {
    title,
    sections: withoutRepeats(
      comparison.endpoints.flatMap((endpoint) =>
        endpoint.matched === 'score' ? scoreSections(endpoint, comparison) : normSections(endpoint),
      ),
    ),
    records: records(comparison),
    protocols: comparison.protocols,
    notes: forgettingNotes(comparison),
  };
}

/** Kinds that were measured in the same trials are matched alike: what was matched is said once. */
function withoutRepeats(sections: readonly Section[]): Section[] {
  const seen = new Set<string>();
  return sections.filter((section) => {
    const text = JSON.stringify(section);
    return !seen.has(text) && seen.add(text);
  });
}

/** The row's title in print; a dagger marks a coarse matching. */
function printed({ title, fewPoints }: EndpointRow): string {
  return title + (fewPoints ? ' †' : '');
}

function captionOf(endpoint: Endpoint): string {
  const { kind } = endpoint;
  return `Forgetting of ${kind.what} ${matchedText(endpoint)} (${kind.measure}, ${kind.unit})`;
}

function nameOf({ kind, matched }: Endpoint): string {
  return `${kind.key}-${matched}`;
}

function taskColumns({ tasks }: Endpoint) {
  return tasks.map(({ task }) => right(taskTitle(task)));
}

function averageColumn({ tasks }: Endpoint) {
  return tasks.length > 1 ? [right('Average')] : [];
}

function scoreSections(endpoint: ScoreEndpoint, { rows }: ForgettingComparison): Section[] {
  const { matches } = endpoint;
  const reached: Section = {
    name: 'reached',
    caption: 'Best score in points, median over seeds, and the seeds that reach the target',
    columns: [left('Method'), ...taskColumns(endpoint)],
    rows: [
      ['target score', ...matches.map(({ target }) => (target === null ? numbers.NOTHING : numbers.fixed(target)))],
      ...rows.map(({ title }, r) => [
        title,
        ...matches.map(({ target, reached: of }) => {
          const { best, seeds, of: all } = of[r]!;
          if (best === null) return numbers.NOTHING;
          return numbers.fixed(best) + (target === null ? '' : `, ${seeds} of ${all}`);
        }),
      ]),
    ],
  };
  const values: Section = {
    name: nameOf(endpoint),
    caption: `${captionOf(endpoint)}: mean ± standard deviation (seeds)`,
    columns: [left('Method'), ...taskColumns(endpoint), ...averageColumn(endpoint)],
    rows: endpoint.rows.map((row) => [printed(row), ...cellsOf(row, endpoint, ({ own }) => own)]),
  };
  return [reached, values, ...differences(endpoint)];
}

function normSections(endpoint: NormEndpoint): Section[] {
  if (endpoint.rows.length === 0) return [];
  const norms: Section = {
    name: 'norms',
    caption: '‖ΔW‖ at which two methods are compared',
    columns: [left('Pair'), ...taskColumns(endpoint)],
    rows: endpoint.rows.map(({ title, baseline }, r) => [
      `${title} and ${baseline}`,
      ...endpoint.matches[r]!.map(
        ({ norms: at }) => at?.map((norm) => norm.toPrecision(3)).join(', ') ?? numbers.NOTHING,
      ),
    ]),
  };
  const values: Section = {
    name: nameOf(endpoint),
    caption: `${captionOf(endpoint)}: mean ± standard deviation (seeds)`,
    columns: [left('Method'), ...taskColumns(endpoint), ...averageColumn(endpoint)],
    rows: endpoint.rows.flatMap((row) => [
      [printed(row), ...cellsOf(row, endpoint, ({ own }) => own)],
      [`${row.baseline} at the norms of ${row.title}`, ...cellsOf(row, endpoint, ({ reference }) => reference)],
    ]),
  };
  return [norms, values, ...differences(endpoint)];
}

function cellsOf(row: EndpointRow, { tasks, kind }: Endpoint, of: (cell: MatchedCell) => MatchedCell['own']): string[] {
  return [...row.cells, ...(tasks.length > 1 ? [row.average] : [])].map((cell) =>
    numbers.formatScore(of(cell), kind.decimals),
  );
}

function differences(endpoint: Endpoint): Section[] {
  const rows = endpoint.rows.filter(({ baseline }) => baseline !== null);
  if (rows.length === 0) return [];
  const { tasks, kind } = endpoint;
  const baselines = distinct(rows.map(({ baseline }) => baseline!));
  const to = baselines.length === 1 ? baselines[0]! : 'the baseline';
  const name = (row: EndpointRow) => printed(row) + (baselines.length === 1 ? '' : ` against ${row.baseline}`);
  return [
    {
      name: `${nameOf(endpoint)}-differences`,
      caption: `${captionOf(endpoint)}: difference from ${to}, paired by seed, mean [95 % t interval] (pairs); below 0 is less forgotten`,
      columns: [
        ...[left('Method'), ...(tasks.length > 1 ? taskColumns(endpoint) : [])],
        right(tasks.length > 1 ? 'Mean over the tasks' : taskTitle(tasks[0]!.task)),
        ...['p', 'p (Holm)'].map(right),
      ],
      rows: rows.map((row) => [
        name(row),
        ...(tasks.length > 1 ? row.cells : []).map(({ difference }) =>
          numbers.formatDifference(difference, kind.decimals),
        ),
        numbers.formatDifference(row.average.difference, kind.decimals),
        ...[numbers.formatP(row.p), numbers.formatP(row.pHolm)],
      ]),
    },
  ];
}

const recordColumns = [
  ['kind', 'unit', 'matched', 'method', 'task', 'at'],
  ['seeds', 'mean', 'standard_deviation', 'low', 'high'],
  ['baseline', 'baseline_mean', 'pairs', 'difference', 'difference_low', 'difference_high'],
  ['p_sign_flip', 'p_holm', 'few_points'],
].flat();

/** One record for each endpoint, row and task, and one for the mean over the tasks. `at`: the score, or the three norms. */
function records({ endpoints }: ForgettingComparison): Table['records'] {
  const rows = endpoints.flatMap((endpoint) =>
    endpoint.rows.flatMap((row, r) => [
      ...endpoint.tasks.map(({ task }, t) =>
        record(endpoint, row, taskTitle(task), atOf(endpoint, r, t), row.cells[t]!, [null, null]),
      ),
      record(endpoint, row, 'average', null, row.average, [row.p, row.pHolm]),
    ]),
  );
  return { columns: recordColumns, rows };
}

function atOf(endpoint: Endpoint, row: number, task: number): Field {
  if (endpoint.matched === 'score') return numbers.field(endpoint.matches[task]!.target);
  return endpoint.matches[row]![task]!.norms?.map((norm) => String(Number(norm.toPrecision(6)))).join(' ') ?? null;
}

function record(
  { kind, matched }: Endpoint,
  row: EndpointRow,
  task: string,
  at: Field,
  { own, reference, difference }: MatchedCell,
  pValues: readonly (number | null)[],
): Field[] {
  return [
    ...[kind.key, kind.unit, matched, row.title, task, at],
    ...[own?.n ?? 0, own?.mean, own?.deviation, own?.interval?.[0], own?.interval?.[1]].map(numbers.field),
    ...[row.baseline, numbers.field(reference?.mean)],
    ...[difference?.n, difference?.mean, difference?.interval?.[0], difference?.interval?.[1]].map(numbers.field),
    ...[...pValues.map(numbers.field), row.fewPoints ? 1 : 0],
  ];
}
