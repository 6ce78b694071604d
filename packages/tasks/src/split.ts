/** Seeded parts of a split. Each example keeps its `index`, and every part keeps the order it was given. */
import { createHash } from 'node:crypto';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** How much of train is held out to choose epochs and hyperparameters by. */
export interface SelectionOptions {
  /** The share of the examples, in [0, 1); rounded down. */
  readonly fraction: number;
  /** The most examples. */
  readonly maximum: number;
  readonly seed: number;
}

/**
 * Divides examples into those to train on and min(⌊fraction · n⌋, maximum) to select by, drawn without replacement.
 *
 * @throws RangeError if the fraction is not in [0, 1), the maximum negative or not an integer, or the seed no integer.
 */
export function selectionSplit<T>(
  examples: readonly T[],
  { fraction, maximum, seed }: SelectionOptions,
): { train: T[]; selection: T[] } {
  if (!(fraction >= 0 && fraction < 1)) {
    throw new RangeError(`A selection fraction is in [0, 1), not ${fraction}: something must be left to train on.`);
  }
  checkCount(maximum, 'A maximum of selection examples');
  const count = Math.min(Math.floor(fraction * examples.length), maximum);
  const chosen = draw(examples.length, count, seed, 'selection');
  return {
    train: examples.filter((_, i) => !chosen.has(i)),
    selection: examples.filter((_, i) => chosen.has(i)),
  };
}

/**
 * `count` examples drawn without replacement, or all of them if there are no more. With one seed, a smaller subset is
 * part of a larger one.
 *
 * @throws RangeError if the count is negative or not an integer, or the seed no integer.
 */
export function subset<T>(examples: readonly T[], count: number, seed: number): T[] {
  checkCount(count, 'The size of a subset');
  const chosen = draw(examples.length, Math.min(count, examples.length), seed, 'subset');
  return examples.filter((_, i) => chosen.has(i));
}

/**
 * The first `count` of the numbers 0 to length - 1 in random order (Fisher-Yates from the front). Never a prefix or
 * a stretch of the file: rows of one origin stand together in it.
 */
function draw(length: number, count: number, seed: number, purpose: string): Set<number> {
  if (!Number.isSafeInteger(seed)) throw new RangeError(`A seed is an integer, not ${seed}.`);
  // Hashed, so that neighbouring seeds, and the two purposes of one seed, give unrelated streams.
  const state = createHash('sha256')
    .update(JSON.stringify([seed, purpose]))
    .digest()
    .readInt32LE(0);
  const generator = xoroshiro128plus(state);
  const order = Int32Array.from({ length }, (_, i) => i);
  for (let i = 0; i < count; i++) {
    const j = uniformInt(generator, i, length - 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return new Set(order.subarray(0, count));
}

function checkCount(count: number, what: string): void {
  if (!Number.isSafeInteger(count) || count < 0) {
    throw new RangeError(`${what} is a non-negative integer, not ${count}.`);
  }
}
