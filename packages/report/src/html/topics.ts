import type { SweepReport } from '../sweep-report.ts';
import type { Table } from '../tables/table.ts';

/** A table and the charts that show the same; charts alone of an analysis without a table. */
export interface Topic {
  readonly name: string;
  readonly title: string;
  readonly table: Table | null;
  readonly charts: readonly string[];
}

/**
 * The tables in their order, each with its charts: of its analysis' charts those of its own name or of a longer one
 * (`forgetting-score` of `forgetting`); the rest, `scores` and `differences`, are the analysis' first table's.
 */
export function topicsOf({ tables, parts }: Pick<SweepReport, 'tables' | 'parts'>): Topic[] {
  return parts.flatMap(({ analysis, tables: names, charts }): Topic[] => {
    if (names.length === 0)
      return charts.length === 0 ? [] : [{ name: analysis, title: capitalised(analysis), table: null, charts }];
    const tableOf = (chart: string) =>
      names.filter((name) => chart === name || chart.startsWith(`${name}-`)).sort((a, b) => b.length - a.length)[0] ??
      names[0];
    return names.map((name) => {
      const table = tables.get(name)!;
      return { name, title: titleOf(table), table, charts: charts.filter((chart) => tableOf(chart) === name) };
    });
  });
}

/** A table's title without its sweep, `glue-minilm: scores on dev`, which the page is all about. */
function titleOf({ title }: Table): string {
  return capitalised(title.replace(/^[^:]*: /, ''));
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
