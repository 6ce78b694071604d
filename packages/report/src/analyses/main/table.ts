import { collapsedOnDev, type TrialResult } from '@lomap/results';
import { EQUIVALENCE_MARGIN } from '@lomap/statistics';
import type { Cell, Comparison, Row } from '../../comparison.ts';
import { findingsOf, findingsText, verdictsGrid } from '../../findings/findings.ts';
import { distinct } from '../../group.ts';
import { metricTitle, taskTitle } from '../../names.ts';
import { printedTitle } from '../../frozen.ts';
import { notesOf } from '../../notes/notes.ts';
import { protocolLines } from '../../protocols.ts';
import * as numbers from '../../tables/numbers.ts';
import { left, right, score as scoreColumn, type Field, type Section, type Table } from '../../tables/table.ts';
import { ratesSection } from './rates.ts';
import { weightsSection } from './weights.ts';
import { alike, inPoints, unitsOf } from '../../readings.ts';

/** The table of a comparison: findings, scores, paired differences, the primary endpoint, notes on how to read them. */
export function comparisonTable(comparison: Comparison, title: string): Table {
  const found = findingsOf(comparison);
  return {
    title,
    sections: [
      ...[scores(comparison), ...differenceSections(comparison)],
      ...[ratesSection(comparison), ...weightsSection(comparison)],
    ],
    records: records(comparison),
    ...{ findings: findingsText(found), verdicts: verdictsGrid(found.rows) },
    notes: notesOf(comparison),
    protocols: protocolLines(comparison),
  };
}

/** The average over the tasks, the primary endpoint, stands beside the method. */
function scores({ tasks, rows }: Comparison): Section {
  const averaged = tasks.length > 1 && alike(tasks.map(({ metric }) => metric));
  return {
    caption: `Score on dev in ${unitsOf(tasks.map(({ metric }) => metric))}: mean ± standard deviation (seeds)`,
    columns: [
      left('Method'),
      ...(averaged ? [scoreColumn('Average', tasks[0]!.metric)] : []),
      ...tasks.map(({ task, metric }) => scoreColumn(taskTitle(task), metric)),
      right('Trainable, no head'),
      right('Trainable, head too'),
    ],
    rows: rows.map((row) => [
      printedTitle(row),
      ...(averaged ? [numbers.formatScore(row.average.score)] : []),
      ...row.cells.map(({ score }) => numbers.formatScore(score)),
      counts(row.results.map(({ trial }) => trial.parameters.adapter)),
      counts(row.results.map(({ trial }) => trial.parameters.adapter + trial.parameters.head)),
    ]),
  };
}

/** One count, or the range where tasks differ (heads have as many outputs as the task has classes). */
function counts(values: readonly number[]): string {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return low === high ? numbers.formatCount(low) : `${numbers.formatCount(low)}–${numbers.formatCount(high)}`;
}

/** The paired differences by task, and the primary endpoint with its tests; none where no row has a baseline. */
export function differenceSections({ tasks, rows }: Comparison): Section[] {
  const compared = rows.filter(({ baseline }) => baseline !== null);
  if (compared.length === 0) return [];
  const baselines = distinct(compared.map(({ baseline }) => baseline!));
  const to = baselines.length === 1 ? baselines[0]! : 'the baseline';
  const name = (row: Row) => printedTitle(row) + (baselines.length === 1 ? '' : ` against ${row.baseline}`);
  const byTask: Section = {
    name: 'differences',
    caption: `Difference from ${to} in ${unitsOf(tasks.map(({ metric }) => metric))}, paired by seed: mean [95 % t interval] (pairs)`,
    columns: [left('Method'), ...tasks.map(({ task }) => right(taskTitle(task)))],
    rows: compared.map((row) => [
      name(row),
      ...row.cells.map(({ difference }) => numbers.formatDifference(difference)),
    ]),
  };
  const metrics = tasks.map(({ metric }) => metric);
  if (!alike(metrics)) return [byTask];
  const tested = inPoints(metrics);
  const endpoint: Section = {
    name: 'endpoint',
    caption: `Primary endpoint: mean over the tasks of the difference from ${to}, one value a seed`,
    columns: [
      left('Method'),
      ...['Difference', '95 % t interval', '95 % BCa', 'Seeds', 'p', 'p (Holm)'].map(right),
      ...(tested ? [right(`p (within ±${EQUIVALENCE_MARGIN})`)] : []),
    ],
    rows: compared.map((row) => [name(row), ...endpointCells(row).slice(0, tested ? undefined : -1)]),
  };
  return [byTask, endpoint];
}

function endpointCells({ average: { difference }, p, pHolm, bca, pEquivalentHolm }: Row): string[] {
  if (difference === null) return ['–', '–', '–', '0', '–', '–', '–'];
  return [
    numbers.formatDifference({ ...difference, interval: null }).split(' ')[0]!,
    numbers.formatInterval(difference) || numbers.NOTHING,
    numbers.formatInterval({ interval: bca }) || numbers.NOTHING,
    String(difference.n),
    numbers.formatP(p),
    numbers.formatP(pHolm),
    numbers.formatP(pEquivalentHolm),
  ];
}

const recordColumns = [
  ['method', 'task', 'metric', 'trainable_without_head', 'trainable_with_head'],
  ['seeds', 'mean', 'standard_deviation', 'low', 'high'],
  ['baseline', 'pairs', 'difference', 'difference_low', 'difference_high', 'p_sign_flip', 'p_holm'],
  ['bca_low', 'bca_high', 'p_equivalent', 'p_equivalent_holm', 'unequal', 'constant_seeds'],
].flat();

/** Tests, and the intervals beside Student's, are of the primary endpoint alone. */
const NOT_TESTED = [null, null, null, null, null, null];

/** One record for each row and task, and one for the average. */
function records({ tasks, rows }: Comparison): Table['records'] {
  const ofTasks = rows.flatMap((row) =>
    tasks.map(({ task, metric }, i) => record(row, taskTitle(task), metricTitle(metric), row.cells[i]!, NOT_TESTED)),
  );
  const ofAverage = rows.map((row) =>
    record(row, 'average', 'mean of the primary metrics', row.average, [
      ...[row.p, row.pHolm, row.bca?.[0] ?? null, row.bca?.[1] ?? null],
      ...[row.pEquivalent, row.pEquivalentHolm],
    ]),
  );
  return { columns: recordColumns, rows: [...ofTasks, ...ofAverage] };
}

function record(row: Row, task: string, metric: string, cell: Cell, tests: readonly (number | null)[]): Field[] {
  const { score, difference } = cell;
  const parameters = row.results.filter(({ trial }) => task === 'average' || taskTitle(trial.settings.task) === task);
  const adapter = distinct(parameters.map(({ trial }) => trial.parameters.adapter));
  const all = distinct(parameters.map(({ trial }) => trial.parameters.adapter + trial.parameters.head));
  return [
    ...[row.title, task, metric, adapter.length === 1 ? adapter[0]! : null, all.length === 1 ? all[0]! : null],
    ...[score?.n ?? 0, score?.mean, score?.deviation, score?.interval?.[0], score?.interval?.[1]].map(numbers.field),
    row.baseline,
    ...[difference?.n, difference?.mean, difference?.interval?.[0], difference?.interval?.[1]].map(numbers.field),
    ...tests.map(numbers.field),
    ...[unequalKeys(row, task), task === 'average' ? null : constantSeeds(parameters)],
  ];
}

/** The settings for which the row is not compared on a task, or on average; null where it is. */
function unequalKeys({ unequal }: Row, task: string): string | null {
  const keys = [...unequal].filter(([own]) => task === 'average' || taskTitle(own) === task).flatMap(([, own]) => own);
  return keys.length === 0 ? null : distinct(keys).join(' ');
}

/** How many trials predicted a constant on dev; null where no trial says. */
function constantSeeds(results: readonly TrialResult[]): number | null {
  const known = results.map(({ trial }) => collapsedOnDev(trial)).filter((collapsed) => collapsed !== null);
  return known.length === 0 ? null : known.filter(Boolean).length;
}
