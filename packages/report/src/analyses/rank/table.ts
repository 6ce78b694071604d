/** Score and trainable parameters against the rank, each method beside LoRA of the same rank. */
import type { Cell, Comparison, Row } from '../../comparison.ts';
import { distinct } from '../../group.ts';
import { metricTitle, taskTitle } from '../../names.ts';
import { FEW_SEEDS } from '../../notes/few-seeds.ts';
import { provenanceNotes } from '../../notes/provenance.ts';
import { rowNotes } from '../../notes/rows.ts';
import { syntheticText } from '../../notes/synthetic.ts';
import { protocolLines } from '../../protocols.ts';
import { field, formatCount, formatDifference, formatP, formatScore, NOTHING } from '../../tables/numbers.ts';
import { left, right, score as scoreColumn, type Field, type Section, type Table } from '../../tables/table.ts';
import { allRanks, type RankSeries } from './series.ts';
import { unitsOf } from '../../readings.ts';

/** Rows are methods, columns ranks. The differences and their tests are those of the main table. */
export function rankTable(comparison: Comparison, series: readonly RankSeries[], title: string): Table {
  const ranks = allRanks(series);
  const grid = (
    name: string,
    caption: string,
    of: readonly RankSeries[],
    cell: (row: Row) => string,
    column = right,
  ): Section => ({
    name,
    caption,
    columns: [left('Method'), ...ranks.map((rank) => column(`r = ${rank}`))],
    rows: of.map(({ title, byRank }) => [
      title,
      ...ranks.map((rank) => {
        const row = byRank.get(rank);
        return row === undefined ? NOTHING : cell(row);
      }),
    ]),
  });
  const { tasks } = comparison;
  const compared = series.filter(({ byRank }) => [...byRank.values()].some((row) => loraOf(row, comparison) !== null));
  const only = (row: Row, text: (row: Row) => string) => (loraOf(row, comparison) === null ? NOTHING : text(row));
  const mean = tasks.length > 1 ? 'mean over the tasks' : taskTitle(tasks[0]!.task);
  return {
    title,
    sections: [
      ...tasks.map(({ task, metric }, i) =>
        grid(
          task,
          `${taskTitle(task)}: score on dev in ${unitsOf([metric])} (${metricTitle(metric)}), mean ± standard deviation (seeds)`,
          series,
          (row) => formatScore(row.cells[i]!.score),
          (head) => scoreColumn(head, metric),
        ),
      ),
      ...(tasks.length > 1
        ? [
            grid(
              'average',
              'Average of the tasks, one value a seed',
              series,
              (row) => formatScore(row.average.score),
              (head) => scoreColumn(head, tasks[0]!.metric),
            ),
          ]
        : []),
      grid('parameters', 'Trainable parameters, head left out', series, (row) => formatCount(parametersOf(row))),
      ...(compared.length === 0
        ? []
        : [
            grid(
              'differences',
              `Difference from LoRA of the same rank in ${unitsOf(tasks.map(({ metric }) => metric))}, ${mean}, paired by seed: mean [95 % t interval] (pairs)`,
              compared,
              (row) => only(row, ({ average }) => formatDifference(average.difference)),
            ),
            grid('tests', 'p of that difference after Holm over all rows of the main table', compared, (row) =>
              only(row, ({ pHolm }) => formatP(pHolm)),
            ),
          ]),
    ],
    records: records(comparison, series),
    protocols: protocolLines(comparison),
    notes: notes(comparison, series, compared),
  };
}

/** The LoRA row of the same rank that a row's differences are to; null if they are to none or another. */
export function loraOf(row: Row, { rows }: Comparison): Row | null {
  const baseline = rows.find(({ title }) => title === row.baseline);
  return baseline?.method === 'lora' && baseline.rank === row.rank ? baseline : null;
}

/** Trainable parameters without the head; the largest where trials differ. */
export function parametersOf({ results }: Row): number {
  return Math.max(...results.map(({ trial }) => trial.parameters.adapter));
}

function records(comparison: Comparison, series: readonly RankSeries[]): Table['records'] {
  return {
    columns: [
      ...['method', 'rank', 'lora_alpha', 'task', 'metric', 'trainable_without_head'],
      ...['seeds', 'mean', 'standard_deviation', 'low', 'high'],
      ...['baseline', 'pairs', 'difference', 'difference_low', 'difference_high', 'p_sign_flip', 'p_holm'],
    ],
    rows: series.flatMap(({ title, byRank }) =>
      [...byRank].flatMap(([rank, row]) => {
        const lora = loraOf(row, comparison);
        const alphas = distinct(row.results.map(({ trial }) => trial.settings.method.loraAlpha));
        const record = (task: string, metric: string, cell: Cell, tests: readonly (number | null)[]): Field[] => [
          ...[title, rank, alphas.length === 1 ? alphas[0]! : null, task, metric, parametersOf(row)],
          ...[
            cell.score?.n ?? 0,
            cell.score?.mean,
            cell.score?.deviation,
            ...(cell.score?.interval ?? [null, null]),
          ].map(field),
          lora?.title ?? null,
          ...(lora === null ? [null, null, null, null] : differenceOf(cell)).map(field),
          ...(lora === null ? [null, null] : tests).map(field),
        ];
        return [
          ...comparison.tasks.map(({ task, metric }, i) =>
            record(taskTitle(task), metricTitle(metric), row.cells[i]!, [null, null]),
          ),
          record('average', 'mean of the primary metrics', row.average, [row.p, row.pHolm]),
        ];
      }),
    ),
  };
}

function differenceOf({ difference }: Cell): (number | null | undefined)[] {
  return [difference?.n, difference?.mean, difference?.interval?.[0], difference?.interval?.[1]];
}

function notes(comparison: Comparison, series: readonly RankSeries[], compared: readonly unknown[]): string[] {
  const { results, rows } = comparison;
  const synthetic = syntheticText(results);
  const fewest = Math.min(...rows.flatMap(({ cells }) => cells.flatMap(({ score }) => (score ? [score.n] : []))));
  const scalings = series.flatMap(({ title, method, byRank }) => {
    if (method !== 'lora' && method !== 'dora') return [];
    const values = distinct(
      [...byRank.values()].flatMap(({ results: own }) =>
        own.map(({ trial: { settings } }) => settings.method.loraAlpha! / settings.method.rank!),
      ),
    );
    return [
      `${title} ${values.length === 1 ? `loraAlpha / r = ${values[0]} at every rank` : 'loraAlpha / r changes with the rank'}`,
    ];
  });
  return [
    ...(synthetic === null ? [] : [synthetic]),
    ...rowNotes(comparison),
    ...(fewest < FEW_SEEDS ? [`Few seeds (n = ${fewest}): for looking, not for concluding.`] : []),
    'The rank and what tells the methods apart are read from the trials’ settings. At one rank the methods’ parameters ' +
      'differ a little: DoRA has a magnitude for each output, LoMAP two scalars a matrix.',
    ...(scalings.length === 0 ? [] : [`Scaling: ${scalings.join('; ')}.`]),
    ...(compared.length === 0
      ? ['No differences: there is no LoRA row of the same rank.']
      : ['Differences and tests are those of the main table, whose notes say how to read them.']),
    ...provenanceNotes(results),
  ];
}
