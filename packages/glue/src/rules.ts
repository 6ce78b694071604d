/** What holds for a split in every layout. */
import { DataError } from './data-error.ts';

/** The share of a file's rows that may be torn where the task's layout allows for it. More means another file. */
const MAXIMUM_TORN_SHARE = 1e-3;

/** STS-B's range of similarities, the only regression in GLUE. */
export const VALUE_RANGE = { low: 0, high: 5 };

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
