import { NOTHING_ABOUT, type About, type TrialResult } from '@lomap/results';
import type { TopLevelSpec } from 'vega-lite';
import { differencesChart, scoresChart } from './charts/scores.ts';
import type { Layout } from './charts/grid.ts';
import { searchChart } from './charts/search.ts';
import { compare, restrict, type Comparison, type Row } from './comparison.ts';
import { findingsOf, type Findings } from './findings/findings.ts';
import { forgettingNormChart, forgettingScoreChart } from './forgetting/chart.ts';
import { couplingChart, couplingDifferencesChart } from './coupling/chart.ts';
import { couplingOf } from './coupling/couplings.ts';
import { couplingTable } from './coupling/table.ts';
import { costFindings, isOfCostsAlone } from './efficiency/alone.ts';
import { costsOf } from './efficiency/costs.ts';
import { efficiencyChart } from './efficiency/chart.ts';
import { efficiencyTable } from './efficiency/table.ts';
import { compareForgetting } from './forgetting/compare.ts';
import { spansRates } from './forgetting/measured.ts';
import { ratesTable } from './forgetting/rates-table.ts';
import { forgettingTable } from './forgetting/table.ts';
import { forgettingFindings } from './forgetting/words.ts';
import { printedTitle } from './frozen.ts';
import { geometryChart, geometryTrainingChart } from './geometry/chart.ts';
import { geometryOf } from './geometry/measured.ts';
import { geometryTable, geometryTrainingTable } from './geometry/table.ts';
import { distinct, groupBy } from './group.ts';
import { levelsTable } from './levels/levels-table.ts';
import { methodTitle } from './names.ts';
import { rankChart, rankParametersChart } from './rank/chart.ts';
import { rankSeries, type RankSeries } from './rank/series.ts';
import { rankTable } from './rank/table.ts';
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
  /** What the main trials' comparison says in words, or else that of forgetting; null without main trials. */
  readonly findings: Findings | null;
  readonly warnings: readonly string[];
}

/**
 * The tables and charts of a sweep's results: `main`, `scores` and `differences` of all main trials; `levels` where the
 * data have levels of difficulty; `ablation` of the cells of a method that stands in several (`ablation-<method>` if
 * several do); `rank` and `rank-parameters` of methods that stand at several ranks; `coupling` and `coupling-differences` of updates that stand plain and with
 * MAP; `search` of the learning-rate search; `forgetting`, `forgetting-rates`, `forgetting-score` and
 * `forgetting-norm` where forgetting was measured.
 *
 * A sweep of costs alone (every trial has a process of its own, all trained at one learning rate that nobody searched)
 * has `efficiency` only: at such a rate the scores compare the rate's luck, not the methods.
 *
 * Trials that measure forgetting over several learning rates are a curve, not a choice: they are left out of `main` and
 * what belongs to it, where a method would stand once a rate beside others trained at a rate that suits them better.
 */
export function sweepReport(
  sweep: string,
  results: readonly TrialResult[],
  about: Pick<About, 'question' | 'diverged'> = NOTHING_ABOUT,
): SweepReport {
  const tables = new Map<string, Table>();
  const charts = new Map<string, TopLevelSpec>();
  const narrowCharts = new Map<string, TopLevelSpec>();
  const draw: Draw = (name, chart) => {
    for (const [into, spec] of [
      [charts, chart({})],
      [narrowCharts, chart({ abreast: 1 })],
    ] as const) {
      if (spec !== null) into.set(name, spec);
    }
  };

  const forgetting = compareForgetting(sweep, results, about);
  const frontiers = forgetting !== null && forgetting.endpoints.length > 0 && spansRates(forgetting.results);
  const chosen = results.filter(({ trial }) => !(frontiers && trial.settings.forgetting !== undefined));
  const comparison = compare(sweep, chosen, about);
  const costs = comparison === null ? null : costsOf(comparison);
  const costsAlone = costs !== null && isOfCostsAlone(costs);
  if (comparison !== null && !costsAlone) addScores(sweep, comparison, tables, draw);
  if (costs !== null) {
    tables.set('efficiency', efficiencyTable(costs, `${sweep}: what a method costs`));
    draw('efficiency', (layout) => efficiencyChart(costs, `${sweep}: what a method costs`, layout));
  }

  if (forgetting !== null && forgetting.endpoints.length > 0) {
    tables.set('forgetting', forgettingTable(forgetting, `${sweep}: forgetting`));
    tables.set('forgetting-rates', ratesTable(forgetting, `${sweep}: every learning rate`));
    draw('forgetting-score', (layout) => forgettingScoreChart(forgetting, `${sweep}: forgetting by score`, layout));
    draw('forgetting-norm', (layout) => forgettingNormChart(forgetting, `${sweep}: forgetting by ‖ΔW‖`, layout));
  }

  const curves = searchCurves(results, about.diverged);
  if (curves.length > 0) {
    const trials = searchResults(results);
    tables.set('search', searchTable(curves, trials, `${sweep}: learning-rate search`));
    draw('search', (layout) => searchChart(curves, trials, `${sweep}: learning-rate search`, layout));
  }
  const others = forgetting === null ? null : forgettingFindings(forgetting);
  const compared = comparison === null ? others : findingsOf(comparison);
  const findings = compared !== null && costsAlone ? costFindings(compared) : compared;
  const warnings = [...(comparison?.warnings ?? []), ...(forgetting?.warnings ?? [])];
  return { tables, charts, narrowCharts, findings, warnings };
}

type Draw = (name: string, chart: (layout: Layout) => TopLevelSpec | null) => void;

/** The tables and charts that compare scores. */
function addScores(sweep: string, comparison: Comparison, tables: Map<string, Table>, draw: Draw): void {
  tables.set('main', comparisonTable(comparison, `${sweep}: scores on dev`));
  const levels = levelsTable(comparison, `${sweep}: scores by level`);
  if (levels !== null) tables.set('levels', levels);
  draw('scores', (layout) => scoresChart(comparison, `${sweep}: score by task and method`, layout));
  const title = `${sweep}: paired differences by task and method`;
  draw('differences', (layout) => differencesChart(comparison, title, layout));
  const colouredAs = comparison.rows.map(printedTitle);
  const ranks = rankSeries(comparison);
  if (ranks.length > 0) {
    tables.set('rank', rankTable(comparison, ranks, `${sweep}: by rank`));
    draw('rank', (layout) => rankChart(comparison, ranks, `${sweep}: score by rank`, layout));
    const title = `${sweep}: score by trainable parameters`;
    draw('rank-parameters', (layout) => rankParametersChart(comparison, ranks, title, layout));
  }
  const coupling = couplingOf(comparison);
  if (coupling !== null) {
    tables.set('coupling', couplingTable(coupling, `${sweep}: updates coupled with MAP`));
    draw('coupling', (layout) => couplingChart(coupling, `${sweep}: updates plain and with MAP`, layout));
    const title = `${sweep}: paired differences to the plain update`;
    draw('coupling-differences', (layout) => couplingDifferencesChart(coupling, title, layout));
  }
  const geometry = geometryOf(comparison);
  if (geometry !== null) {
    tables.set('geometry', geometryTable(geometry, `${sweep}: ΔM against ΔD`));
    const title = `${sweep}: ‖ΔW‖, α and β over training`;
    tables.set('geometry-training', geometryTrainingTable(geometry, title));
    draw('geometry', (layout) => geometryChart(geometry, `${sweep}: ΔM against ΔD`, layout));
    draw('geometry-training', (layout) => geometryTrainingChart(geometry, title, layout));
  }
  for (const { name, method, cells } of ablations(comparison, ranks)) {
    const title = `${sweep}: cells of ${methodTitle(method)}`;
    tables.set(name, comparisonTable(cells, title));
    draw(name, (layout) => scoresChart(cells, title, { ...layout, colouredAs }));
  }
}

/** The methods with several cells (labels), each as a comparison of its own. Several ranks alone are no ablation. */
function ablations(
  comparison: Comparison,
  ranks: readonly RankSeries[],
): { name: string; method: string; cells: Comparison }[] {
  const ranked = new Set(ranks.flatMap(({ byRank }) => [...byRank.values()]));
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
