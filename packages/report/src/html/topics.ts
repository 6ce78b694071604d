import type { SweepReport } from '../sweep-report.ts';
import type { Table } from '../tables/table.ts';

/** A table and the charts that show the same. */
export interface Topic {
  readonly name: string;
  readonly title: string;
  readonly table: Table;
  readonly charts: readonly string[];
}

/**
 * The tables in their order, each with its charts: those of its own name or of a longer one (`forgetting-score` of
 * `forgetting`); the rest, `scores` and `differences`, are the first table's.
 */
export function topicsOf({ tables, charts }: Pick<SweepReport, 'tables' | 'charts'>): Topic[] {
  const names = [...tables.keys()];
  const tableOf = (chart: string) =>
    names.filter((name) => chart === name || chart.startsWith(`${name}-`)).sort((a, b) => b.length - a.length)[0] ??
    names[0];
  return [...tables].map(([name, table]) => ({
    name,
    title: titleOf(table),
    table,
    charts: [...charts.keys()].filter((chart) => tableOf(chart) === name),
  }));
}

/** A table's title without its sweep, `glue-minilm: scores on dev`, which the page is all about. */
function titleOf({ title }: Table): string {
  const own = title.replace(/^[^:]*: /, '');
  return own.charAt(0).toUpperCase() + own.slice(1);
}
