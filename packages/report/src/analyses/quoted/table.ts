/** A sweep's rows above those that others have published. */
import { averageOf, gainsOf, type QuotedRow, type QuotedTable } from '@lomap/results';
import type { Comparison } from '../../comparison.ts';
import { taskTitle } from '../../names.ts';
import { formatScore, NOTHING } from '../../tables/numbers.ts';
import { left, right, type Field, type Table } from '../../tables/table.ts';

/** Only the tasks that both have. No best number is marked and nothing is tested: the rows are of other protocols. */
export function quotedTable(comparison: Comparison, table: QuotedTable, title: string): Table {
  const tasks = table.tasks.filter((task) => comparison.tasks.some((own) => own.task === task));
  const all = tasks.length === table.tasks.length;
  const columns = [...tasks.map((task) => right(taskTitle(task))), right(all ? 'Average' : 'Average of these')];
  const own = comparison.rows.map((row) => [
    row.title,
    'here',
    ...tasks.map((task) => formatScore(row.cells[comparison.tasks.findIndex((column) => column.task === task)]!.score)),
    tasks.length === comparison.tasks.length ? formatScore(row.average.score) : NOTHING,
  ]);
  const quoted = table.rows.filter((row) => all || tasks.some((task) => row.scores[task] !== undefined));
  return {
    title,
    sections: [
      {
        caption: `Here: points on dev, mean ± standard deviation (seeds). Quoted: as published, ${table.protocol}`,
        columns: [left('Method'), left('Source'), ...columns],
        rows: [...own, ...quoted.map((row) => [nameOf(row), 'quoted', ...cellsOf(row, tasks, all)])],
      },
    ],
    records: {
      columns: ['method', 'source', ...tasks, 'average'],
      rows: quoted.map((row): Field[] => [nameOf(row), sourceOf(row, table), ...cellsOf(row, tasks, all)]),
    },
    findings: gainLines(table),
    notes: notesOf(table, quoted),
  };
}

function nameOf({ method, row, rank }: QuotedRow): string {
  return rank === undefined || row.includes('r =') ? row : `${method} (r = ${rank})`;
}

function sourceOf({ source }: QuotedRow, { sources }: QuotedTable): string {
  return `${sources[source]!.title}, ${sources[source]!.table}`;
}

function cellsOf(row: QuotedRow, tasks: readonly string[], all: boolean): string[] {
  const average = (all ? row.average : undefined) ?? averageOf({ tasks: [...tasks] }, row);
  const cells = tasks.map((task) => [row.scores[task] ?? []].flat().map(String).join('/') || NOTHING);
  return [...cells, average === null ? NOTHING : String(Number(average.toFixed(2)))];
}

/** What several sources say of the same difference. */
function gainLines(table: QuotedTable): string[] {
  return (table.gains ?? []).map((gain) => {
    const said = gainsOf(table, gain).map(
      ({ source, stated }) => `${signed(stated)} by ${table.sources[source]!.title}`,
    );
    const { method, over, rank, tasks } = gain;
    return `Quoted: ${method} over ${over} at r = ${rank}, mean over ${tasks.map(taskTitle).join(', ')}: ${said.join(', ')}.`;
  });
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`;
}

function notesOf(table: QuotedTable, rows: readonly QuotedRow[]): string[] {
  const rules = new Set(rows.map(({ averaging }) => averaging));
  return [
    'Rows marked "quoted" were computed by others: other code, seeds and choices. They are not compared with the rows above.',
    ...Object.entries(table.sources).map(([key, { title, table: place, read }]) => {
      const own = rows.filter(({ source }) => source === key).map(nameOf);
      return `${title}, ${place}: ${[...new Set(own)].join(', ')}.${read === undefined ? '' : ` ${read}`}`;
    }),
    ...[...rules].map((rule) => `Average, ${rule}: ${table.averaging[rule]!}`),
    ...rows.flatMap((row) =>
      [row.failed, row.note].flatMap((text) => (text === undefined ? [] : [`${nameOf(row)}: ${text}`])),
    ),
    ...table.leftOut.map(({ what, why }) => `Left out: ${what}. ${why}`),
  ];
}
