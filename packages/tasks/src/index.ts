export { type Task, type TaskKind, plainName } from './task.ts';
export { type Example, type LoadedSplit } from './example.ts';
export { DataError } from './data-error.ts';
export { type Scored, score } from './score.ts';
export { type Measure, type Measurement, type Metric, shareOfOne } from './metrics/metric.ts';
export {
  findMetric,
  isBetter,
  metricNamed,
  metricNames,
  type Reading,
  readingOf,
  registerMetric,
} from './metrics/registry.ts';
export { type SelectionOptions, selectionSplit, subset } from './split.ts';
export { type DataRequest, type DataSource, type ProvidedData, type Received } from './source.ts';
