import type { TrialResult } from '@lomap/results';
import type { TopLevelSpec } from 'vega-lite';
import { differencesChart, scoresChart } from './charts/scores.ts';
import type { Layout } from './charts/grid.ts';
import { searchChart } from './charts/search.ts';
import { compare, restrict, type Comparison, type Row } from './comparison.ts';
import { findingsOf, type Findings } from './findings/findings.ts';
import { printedTitle } from './frozen.ts';
import { distinct, groupBy } from './group.ts';
import { methodTitle } from './names.ts';
import { searchCurves, searchResults } from './search.ts';
import { comparisonTable } from './tables/comparison-table.ts';
import { searchTable } from './tables/search-table.ts';
import type { Table } from './tables/table.ts';

/** What is to be written of one sweep, by file name without extension. */
export interface SweepReport {
  readonly tables: ReadonlyMap<string, Table>;
  readonly charts: ReadonlyMap<string, TopLevelSpec>;
  /** The same charts with one panel a line, for narrow screens. */
  readonly narrowCharts: ReadonlyMap<string, TopLevelSpec>;
  /** What the main trials' comparison says in words; null without main trials. */
  readonly findings: Findings | null;
  readonly warnings: readonly string[];
}

/**
 * The tables and charts of a sweep's results: `main`, `scores` and `differences` of all main trials; `ablation` of the cells of a
 * method that stands in several (`ablation-<method>` if several do); `search` of the learning-rate search.
 */
export function sweepReport(sweep: string, results: readonly TrialResult[]): SweepReport {
  const tables = new Map<string, Table>();
  const charts = new Map<string, TopLevelSpec>();
  const narrowCharts = new Map<string, TopLevelSpec>();
  const draw = (name: string, chart: (layout: Layout) => TopLevelSpec | null) => {
    for (const [into, spec] of [
      [charts, chart({})],
      [narrowCharts, chart({ abreast: 1 })],
    ] as const) {
      if (spec !== null) into.set(name, spec);
    }
  };

  const comparison = compare(sweep, results);
  if (comparison !== null) {
    tables.set('main', comparisonTable(comparison, `${sweep}: scores on dev`));
    draw('scores', (layout) => scoresChart(comparison, `${sweep}: score by task and method`, layout));
    const title = `${sweep}: paired differences by task and method`;
    draw('differences', (layout) => differencesChart(comparison, title, layout));
    const colouredAs = comparison.rows.map(printedTitle);
    for (const { name, method, cells } of ablations(comparison)) {
      const title = `${sweep}: cells of ${methodTitle(method)}`;
      tables.set(name, comparisonTable(cells, title));
      draw(name, (layout) => scoresChart(cells, title, { ...layout, colouredAs }));
    }
  }

  const curves = searchCurves(results);
  if (curves.length > 0) {
    const trials = searchResults(results);
    tables.set('search', searchTable(curves, trials, `${sweep}: learning-rate search`));
    draw('search', (layout) => searchChart(curves, trials, `${sweep}: learning-rate search`, layout));
  }
  const findings = comparison === null ? null : findingsOf(comparison);
  return { tables, charts, narrowCharts, findings, warnings: comparison?.warnings ?? [] };
}

/** The methods with several cells (labels), each as a comparison of its own. */
function ablations(comparison: Comparison): { name: string; method: string; cells: Comparison }[] {
  const methods = [...groupBy(comparison.rows, ({ method }: Row) => method)]
    .filter(([, rows]) => distinct(rows.map(({ label }) => label)).length > 1)
    .map(([method]) => method);
  return methods.map((method) => ({
    name: methods.length === 1 ? 'ablation' : `ablation-${method.replaceAll(/[^\w.+-]/g, '_')}`,
    method,
    cells: restrict(comparison, (row) => row.method === method),
  }));
}
