import { fold, key, permutation } from '@lomap/compile';
import { stepsPerEpoch } from './schedule.ts';

/**
 * The rows of each step: every epoch reads all rows once, in the order permutation(seed, 'order', epoch).
 *
 * A function of seed, counts and step alone: the same for every method (so that differences are paired) and for a run
 * that was resumed. Rows are not grouped by length; packed batches make that needless.
 */
export function dataOrder(seed: number, examples: number, batchSize: number): (step: number) => Int32Array {
  if (examples < 1) throw new Error('There are no training examples.');
  const perEpoch = stepsPerEpoch(examples, batchSize);
  let cached: { epoch: number; rows: Int32Array } = { epoch: -1, rows: new Int32Array(0) };
  return (step) => {
    const epoch = Math.floor(step / perEpoch);
    if (cached.epoch !== epoch) cached = { epoch, rows: permutation(fold(key(seed), 'order', epoch), examples) };
    const first = (step % perEpoch) * batchSize;
    return cached.rows.slice(first, first + batchSize);
  };
}
