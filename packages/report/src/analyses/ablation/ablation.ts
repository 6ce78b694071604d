import { restrict, type Comparison, type Row } from '../../comparison.ts';
import { printedTitle } from '../../frozen.ts';
import { distinct, groupBy } from '../../group.ts';
import { methodTitle } from '../../names.ts';
import type { Analysis, Drawing } from '../analysis.ts';
import { scoresChart } from '../main/chart.ts';
import { comparisonTable } from '../main/table.ts';
import { rankSeries } from '../rank/series.ts';

/** The cells of a method that stands in a sweep under several labels: `ablation`, or `ablation-<method>` of several methods. */
export const ablation: Analysis = {
  name: 'ablation',
  of({ sweep, scores }) {
    if (scores === null) return null;
    const colouredAs = scores.rows.map(printedTitle);
    const made = cellsOf(scores).map(({ name, method, cells }) => {
      const title = `${sweep}: cells of ${methodTitle(method)}`;
      const chart: Drawing = (layout) => scoresChart(cells, title, { ...layout, colouredAs });
      return { name, chart, table: comparisonTable(cells, title) };
    });
    return {
      tables: Object.fromEntries(made.map(({ name, table }) => [name, table])),
      charts: Object.fromEntries(made.map(({ name, chart }) => [name, chart])),
    };
  },
};

/** The methods with several cells (labels), each as a comparison of its own. Several ranks alone are no ablation. */
function cellsOf(comparison: Comparison): { name: string; method: string; cells: Comparison }[] {
  const ranked = new Set(rankSeries(comparison).flatMap(({ byRank }) => [...byRank.values()]));
  const methods = [...groupBy(comparison.rows, ({ method }: Row) => method)]
    .filter(([, rows]) => distinct(rows.map(({ label }) => label)).length > 1)
    .filter(([, rows]) => rows.some((row) => !ranked.has(row)))
    .map(([method]) => method);
  return methods.map((method) => ({
    name: methods.length === 1 ? 'ablation' : `ablation-${method.replaceAll(/[^\w.+-]/g, '_')}`,
    method,
    cells: restrict(comparison, (row) => row.method === method),
  }));
}
