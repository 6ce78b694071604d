/** Rows that a model has no embedding for, found before anything is trained. */
import { encode, exceeding, mayExceed, ModelError, type TableSizes, type Tokenizer } from '@lomap/models';
import type { Task } from '@lomap/tasks';

/**
 * Encodes every row of a task's splits if a token, segment or position of the tokenizer lies beyond the model's tables,
 * which it does not in an honest checkpoint: then no row is read.
 *
 * @throws ModelError naming the row's file and line, the token, its id and the embedding's size.
 */
export async function checkRows(
  task: Task,
  directory: string,
  tokenizer: Tokenizer,
  sizes: TableSizes,
  maxLength: number,
): Promise<void> {
  if (!mayExceed(tokenizer, sizes, maxLength)) return;
  for (const split of [task.splits.train, ...task.splits.dev]) {
    for (const { index, text, pair } of (await task.load(directory, split)).examples) {
      const fault = exceeding(tokenizer, encode(tokenizer, text, pair, maxLength), sizes);
      if (fault !== null) throw new ModelError(`${await task.place(directory, split, index)}: ${fault}`);
    }
  }
}
