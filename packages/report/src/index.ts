export { report, type ReportFiles, type ReportOptions } from './report.ts';
export { ReportError } from './error.ts';
export { compareMethods, methodTitle, nameMethods } from './names.ts';
export { sweepReport, type SweepReport } from './sweep-report.ts';
export { compare, restrict, type Cell, type Comparison, type Row, type TaskColumn } from './comparison.ts';
export { searchCurves, type SearchCurve, type SearchPoint } from './search.ts';
export { summarize, type Summary } from './statistics/summary.ts';
export { signFlipTest, smallestSignFlipP } from './statistics/sign-flip.ts';
export { holm } from './statistics/holm.ts';
export { bcaInterval } from './statistics/bca.ts';
export { EQUIVALENCE_MARGIN, equivalenceTest } from './statistics/equivalence.ts';
export { equivalencePower, seedsForEquivalence } from './statistics/equivalence-power.ts';
export {
  detectableDifference,
  holmWorstLevel,
  intervalHalfWidth,
  pairedTPower,
  seedsForHalfWidth,
  seedsForPower,
  type Effect,
} from './statistics/power.ts';
export { comparisonTable } from './tables/comparison-table.ts';
export { searchTable } from './tables/search-table.ts';
export { markdown } from './tables/markdown.ts';
export { csv } from './tables/csv.ts';
export { latex, type LatexPlace } from './tables/latex.ts';
export { type Column, type Field, type Section, type Table } from './tables/table.ts';
export { differencesChart, scoresChart } from './charts/scores.ts';
export { searchChart } from './charts/search.ts';
export { renderChart, type RenderedChart } from './charts/render.ts';
