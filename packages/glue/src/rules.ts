/** What holds for a split in every layout. */
import { DataError, type Example } from '@lomap/tasks';

/** The share of a file's rows that may be torn where the task's layout allows for it. More means another file. */
const MAXIMUM_TORN_SHARE = 1e-3;

/** STS-B's range of similarities, the only regression in GLUE. */
export const VALUE_RANGE = { low: 0, high: 5 };

/**
 * A split, and how many rows of its file are not in it. An example's index is the row's number in its file, from 0, the header
 * not counted; in the hub's Parquet files their column `idx`, which is the same number except in MRPC (there it counts the file
 * that the hub's splits were taken from). Skipped rows leave a gap.
 */
export interface ReadSplit {
  readonly examples: Example[];
  /** Rows that annotators did not agree on (MNLI's `-`). */
  readonly withoutLabel: number;
  /** Rows that the official release broke (QQP). */
  readonly torn: number;
}

/**
 * @param file the split's first file, for the message.
 * @param torn a message for each torn row, naming its place.
 * @throws DataError if a split has too many torn rows or no examples.
 */
export function checkSplit(
  file: string,
  columns: readonly string[],
  { rows, examples, torn }: { rows: number; examples: number; torn: readonly string[] },
): void {
  if (torn.length > MAXIMUM_TORN_SHARE * rows) throw new DataError(torn[0]!);
  if (examples === 0) {
    throw new DataError(`${file} has no examples. Expected rows of ${columns.join(', ')} with a label.`);
  }
}
