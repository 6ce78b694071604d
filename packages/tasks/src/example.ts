/** What a task's data consists of. */

/** One example. Sentences are the file's, white space included. */
export interface Example {
  /**
   * Tells the example from every other of its split, in any order of reading: usually the row's number in its file, from 0.
   * Predictions are written with it.
   */
  readonly index: number;
  readonly text: string;
  readonly pair: string | null;
  /** The class id, or the value to predict. */
  readonly label: number;
}

/** A split as it was read. */
export interface LoadedSplit {
  readonly examples: readonly Example[];
  /** What a result says of rows that are no examples: `9 rows without a gold label were skipped`. */
  readonly notes: readonly string[];
}
