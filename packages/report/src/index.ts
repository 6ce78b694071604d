export { report, type ReportFiles, type ReportOptions } from './report.ts';
export { ReportError } from './error.ts';
export { compareMethods, methodTitle, nameMethods } from './names.ts';
export { sweepReport, type SweepReport } from './sweep-report.ts';
export { compare, restrict, type Cell, type Comparison, type Row, type TaskColumn } from './comparison.ts';
export { searchCurves, type SearchCurve, type SearchPoint } from './search.ts';
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
export { comparisonTable } from './tables/comparison-table.ts';
export { searchTable } from './tables/search-table.ts';
export { markdown } from './tables/markdown.ts';
export { csv } from './tables/csv.ts';
export { latex, type LatexPlace } from './tables/latex.ts';
export { type Column, type Field, type Section, type Table } from './tables/table.ts';
export { differencesChart, scoresChart } from './charts/scores.ts';
export { searchChart } from './charts/search.ts';
export { renderChart, type RenderedChart } from './charts/render.ts';
