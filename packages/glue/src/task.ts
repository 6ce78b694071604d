/** What a GLUE task is, as data, and how one is found by name. */
import { DataError } from './data-error.ts';
import type { MetricName } from './metrics/registry.ts';
import { tasks } from './tasks.ts';

/** A split that has labels: the name of its file without `.tsv`. */
export type SplitName = 'train' | 'dev' | 'dev_matched' | 'dev_mismatched';

/** Where a task's cells are in its TSV files. */
export interface Layout {
  /** Whether the first line names the columns. If not, `columns` are all columns, in order. */
  readonly header: boolean;
  /** The official columns, in order. A file with a header may have more of them (MNLI's dev files have five labels). */
  readonly columns: readonly string[];
  /** The columns that are read; every other cell may hold anything or nothing. */
  readonly text: string;
  readonly pair: string | null;
  readonly label: string;
  /** The label cells of the classes, by class id. Absent if the files hold the names in `labels`. */
  readonly labelCells?: readonly string[];
  /** A label cell that marks a row on which annotators did not agree. Such rows are skipped and counted. */
  readonly noLabel?: string;
  /**
   * Whether the official release itself has a few rows torn by a line break inside a sentence, or without one. Rows
   * with too few columns or an empty sentence are then skipped and counted, up to one in a thousand.
   */
  readonly tornRows?: boolean;
}

/** A task of the GLUE benchmark (Wang et al., 2019, arXiv 1804.07461). */
export interface GlueTask {
  /** The Hugging Face hub's name for it: `cola`, `sst2`, ... */
  readonly name: string;
  /** The name in tables: `CoLA`, `SST-2`, ... */
  readonly title: string;
  /** The folder of its files in the official release. */
  readonly folder: string;
  readonly kind: 'classification' | 'regression';
  /** Class names by id, in the Hugging Face hub's order; empty for regression. */
  readonly labels: readonly string[];
  /** The number of the model's outputs: the number of classes, or 1 for regression. */
  readonly numLabels: number;
  /** Everything `score` computes. */
  readonly metrics: readonly MetricName[];
  /** The metric that stands for the task in a table and chooses between runs. */
  readonly primaryMetric: MetricName;
  readonly splits: { readonly train: 'train'; readonly dev: readonly SplitName[] };
  /** The dev split whose `primaryMetric` stands for the task: for MNLI the matched one. */
  readonly primarySplit: SplitName;
  /** Rows with a label in the official release, by split. */
  readonly rows: Readonly<Partial<Record<SplitName, number>>>;
  /** The default length in tokens to which an example is cut. */
  readonly maxLength: number;
  readonly layout: Layout;
}

/** The names of all tasks, in GLUE's order. */
export const taskNames: readonly string[] = tasks.map(({ name }) => name);

/**
 * The task of that name, spelled as the hub does, as GLUE does, or between: `sst2`, `SST-2`, `sst-2`, `STS_B`.
 *
 * @throws DataError naming the known tasks if there is none.
 */
export function task(name: string): GlueTask {
  const found = tasks.find((candidate) => candidate.name === name.toLowerCase().replaceAll(/[-_]/g, ''));
  if (!found) throw new DataError(`Unknown task "${name}". The tasks of GLUE are ${taskNames.join(', ')}.`);
  return found;
}
