/** The one batch that every engine of benchmarks:step trains on. */
import { loadSplit, glueTask } from '@lomap/glue';
import { encode, loadTokenizer } from '@lomap/models';
import { dataOrder } from '@lomap/train';

// Ids of ordinary words in BERT's vocabulary, by a fixed rule; their values do not matter.
const id = (example: number, position: number): number => 2000 + ((example * 7919 + position * 104729) % 25000);

/** Rows of these lengths. */
export function rowsOfLengths(lengths: readonly number[]): number[][] {
  return lengths.map((length, example) => Array.from({ length }, (_, position) => id(example, position)));
}

/**
 * Lengths of a batch as training sees them: of an epoch's batches in random order, the one with the median number of
 * tokens.
 */
export function typicalBatch(lengths: readonly number[], batch: number): number[] {
  if (lengths.length < batch) throw new Error(`A batch of ${batch} is more than the ${lengths.length} training rows.`);
  const rowsOf = dataOrder(0, lengths.length, batch);
  const tokens = (row: readonly number[]): number => row.reduce((sum, length) => sum + length, 0);
  const batches = Array.from({ length: Math.floor(lengths.length / batch) }, (_, step) =>
    Array.from(rowsOf(step), (row) => lengths[row]!),
  ).sort((a, b) => tokens(a) - tokens(b));
  return batches[Math.floor(batches.length / 2)]!;
}

/** The real lengths of a task's training rows, in tokens, cut at `maxLength`. */
export async function lengthsOfTask(model: string, data: string, name: string, maxLength: number): Promise<number[]> {
  const task = glueTask(name);
  const tokenizer = loadTokenizer(model);
  const rows = await loadSplit(task, data, task.splits.train);
  return rows.map(({ text, pair }) => encode(tokenizer, text, pair, maxLength).inputIds.length);
}

/** A classifier's weight [2, hidden] of small values by a fixed rule. */
export function classifierOf(hidden: number): number[][] {
  const value = (i: number): number => 0.05 * Math.cos(1 + i * i);
  return [0, 1].map((label) => Array.from({ length: hidden }, (_, i) => value(label * hidden + i)));
}
