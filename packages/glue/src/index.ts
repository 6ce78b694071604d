export { glueTask, glueTasks } from './tasks.ts';
export { type GlueTask, type Layout, type SplitName } from './task.ts';
export { splitFile } from './files.ts';
export { loadSplit, loadSplitWithCounts } from './load.ts';
export { type ReadSplit } from './rules.ts';
