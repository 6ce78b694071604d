/**
 * Where a task's examples are in the Hugging Face hub's copy of GLUE, the data set `nyu-mll/glue`: a folder a task, by the
 * task's own name, with Parquet files `<split>-00000-of-00001.parquet`. Class ids there are the ids here.
 */
import type { GlueTask, SplitName } from './task.ts';

/** The names of a task's columns on the hub. */
export interface ParquetLayout {
  /** The folder of the task's files. */
  readonly folder: string;
  readonly text: string;
  readonly pair: string | null;
  readonly label: string;
  readonly index: string;
}

/** Tasks whose sentences have other names on the hub than in the official TSV files. */
const SENTENCES: Readonly<Record<string, readonly [text: string, pair: string]>> = {
  mrpc: ['sentence1', 'sentence2'],
  mnli: ['premise', 'hypothesis'],
};

/** The tasks that `nyu-mll/glue` has (beside `ax`, which has no labels). */
const TASKS: ReadonlySet<string> = new Set([
  ...['cola', 'sst2', 'mrpc', 'stsb', 'qqp'],
  ...['mnli', 'qnli', 'rte', 'wnli'],
]);

/** A task's layout on the hub; null for a task that the hub's data set does not have. */
export function parquetLayout(task: GlueTask): ParquetLayout | null {
  if (!TASKS.has(task.name)) return null;
  const [text, pair] = SENTENCES[task.name] ?? [task.layout.text, task.layout.pair];
  return { folder: task.name, text, pair, label: 'label', index: 'idx' };
}

/** The hub's name of a split: `dev_matched` is `validation_matched` there. */
export function parquetSplit(split: SplitName): string {
  return split.replace(/^dev/, 'validation');
}
