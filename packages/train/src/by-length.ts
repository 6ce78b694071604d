import { pause, type Watch } from './watch.ts';

/**
 * Runs batches of examples of similar length (little is lost to padding in attention) and returns one result an example
 * in the order given. The batches are a function of the examples' lengths and order alone.
 *
 * @throws InterruptedError when the watch's signal stops it, before the next batch.
 */
export async function inBatchesByLength<E, R>(
  examples: readonly E[],
  length: (example: E) => number,
  batchSize: number,
  run: (batch: E[]) => Promise<R[]>,
  watch?: Watch,
): Promise<R[]> {
  const order = examples.map((_, i) => i).sort((a, b) => length(examples[a]!) - length(examples[b]!));
  const results: R[] = [];
  for (let first = 0; first < order.length; first += batchSize) {
    await pause(watch, first, order.length);
    const indices = order.slice(first, first + batchSize);
    const outputs = await run(indices.map((i) => examples[i]!));
    indices.forEach((i, row) => (results[i] = outputs[row]!));
  }
  watch?.onProgress?.(order.length, order.length);
  return results;
}
