export { report, type ReportFiles, type ReportOptions } from './report.ts';
export { ReportError } from './error.ts';
export { compareMethods, methodTitle, nameMethods } from './names.ts';
export { sweepReport, type ReportPart, type SweepReport } from './sweep-report.ts';
export { analyses, registerAnalysis } from './registry.ts';
export type { Analysed, Analysis, Drawing, Evidence, Given } from './analyses/analysis.ts';
export type { Findings } from './findings/findings.ts';
export type { Finding } from './findings/words.ts';
export type { Layout } from './charts/grid.ts';
export { compare, restrict, type Cell, type Comparison, type Row, type TaskColumn } from './comparison.ts';
export { searchCurves, type SearchCurve, type SearchPoint } from './analyses/search/curves.ts';
export {
  bcaInterval,
  detectableDifference,
  EQUIVALENCE_MARGIN,
  equivalencePower,
  equivalenceTest,
  holm,
  holmWorstLevel,
  intervalHalfWidth,
  pairedTPower,
  seedsForEquivalence,
  seedsForHalfWidth,
  seedsForPower,
  signFlipTest,
  smallestSignFlipP,
  summarize,
  type Effect,
  type Summary,
} from '@lomap/statistics';
export { comparisonTable } from './analyses/main/table.ts';
export { searchTable } from './analyses/search/table.ts';
export { markdown } from './tables/markdown.ts';
export { csv } from './tables/csv.ts';
export { latex, type LatexPlace } from './tables/latex.ts';
export { type Column, type Field, type Section, type Table } from './tables/table.ts';
export { differencesChart, scoresChart } from './analyses/main/chart.ts';
export { searchChart } from './analyses/search/chart.ts';
export { renderChart, type RenderedChart } from './charts/render.ts';
