export { DataError } from './data-error.ts';
export { dataSha256, rowPlace, splitFile } from './files.ts';
export { type Example, type LoadedSplit, loadSplit, loadSplitWithCounts } from './load.ts';
export type { Measurement, Metric } from './metrics/measurement.ts';
export { type MetricName, metrics } from './metrics/registry.ts';
export { type Scored, score } from './score.ts';
export { type SelectionOptions, selectionSplit, subset } from './split.ts';
export { type GlueTask, type Layout, type SplitName, task, taskNames } from './task.ts';
export { loadLevels } from './levels.ts';
