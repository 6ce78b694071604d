/** What a GLUE task is: a task, and where its cells are in GLUE's files. */
import type { Task } from '@lomap/tasks';

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

/** A task of the GLUE benchmark (Wang et al., 2019, arXiv 1804.07461). Its name is the Hugging Face hub's: `cola`, `sst2`, ... */
export interface GlueTask extends Task {
  /** The folder of its files in the official release. */
  readonly folder: string;
  readonly splits: { readonly train: 'train'; readonly dev: readonly SplitName[] };
  readonly primarySplit: SplitName;
  readonly layout: Layout;
}
