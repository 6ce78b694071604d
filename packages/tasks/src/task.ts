/** What a task is: all that training, scoring and tables ask of one. */
import type { LoadedSplit } from './example.ts';

/** What the label of an example is, and so what a model is trained for: one of so many classes, or a number. */
export type TaskKind = 'classification' | 'regression';

/**
 * A task: where its examples come from, what is predicted and how that is scored. `folder` is always the folder of a data
 * source (`--data`), which may hold other tasks too.
 */
export interface Task {
  /** The name in sweep files and results: lower-case letters, digits and `_`. */
  readonly name: string;
  /** The name in tables. */
  readonly title: string;
  /** The collection that it belongs to, which names the data of a plain folder: `glue`. */
  readonly suite: string;
  /** What is asked of an example, in a phrase. */
  readonly about: string;
  readonly kind: TaskKind;
  /** Class names by id; empty for regression. */
  readonly labels: readonly string[];
  /** The number of the model's outputs: the number of classes, or 1 for regression. */
  readonly numLabels: number;
  /** Names of the metrics that `score` computes (`registerMetric`). */
  readonly metrics: readonly string[];
  /** The one of them that stands for the task in a table and chooses epochs and learning rates. */
  readonly primaryMetric: string;
  readonly splits: { readonly train: string; readonly dev: readonly string[] };
  /** The dev split whose primary metric stands for the task. */
  readonly primarySplit: string;
  /** Examples by split in the official release; empty where there is none. */
  readonly rows: Readonly<Record<string, number>>;
  /**
   * The examples of a split, in an order that depends on the files alone.
   *
   * @throws DataError naming file, place and what was expected.
   */
  load(folder: string, split: string): Promise<LoadedSplit>;
  /** Where an example lies, for messages: `RTE/dev.tsv, line 5`. */
  place(folder: string, split: string, index: number): Promise<string>;
  /**
   * SHA-256 (hex) over all bytes that decide the examples: with it the data is a part of a trial's identity.
   *
   * @throws DataError if a file is missing.
   */
  sha256(folder: string): Promise<string>;
  /** How hard each example of a split is (1 is easiest), by `index`; null where the folder does not say. Absent: never. */
  readonly levels?: (folder: string, split: string) => Promise<ReadonlyMap<number, number> | null>;
}

/** A task's name without what spellings differ in: `SST-2`, `sst_2` and `sst2` are one. */
export function plainName(name: string): string {
  return name.toLowerCase().replaceAll(/[-_]/g, '');
}
