import type { TrainingSettings } from './settings.ts';

/**
 * Tokens that go through a model together, at most. Matrix products of half as many rows already run at the processor's
 * speed, and what so many leave for the backward pass stays small; smaller parts pay more often for what each costs
 * whatever its size (DoRA's and MAP's norms), and save no time.
 */
const MAX_TOKENS_PER_PASS = 640;

/**
 * In how many passes a batch goes through the model: the setting, or the least divisor of the batch size that brings the
 * mean batch to at most 640 tokens.
 *
 * @param lengths of the training examples, in tokens.
 * @throws RangeError when the setting does not divide the batch size.
 */
export function gradientAccumulationSteps(
  { batchSize, gradientAccumulationSteps: wanted }: Pick<TrainingSettings, 'batchSize' | 'gradientAccumulationSteps'>,
  lengths: readonly number[],
): number {
  if (wanted !== undefined) {
    if (batchSize % wanted === 0) return wanted;
    throw new RangeError(`gradientAccumulationSteps is ${wanted}, which does not divide the batch size ${batchSize}.`);
  }
  const tokens = lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, lengths.length);
  for (let passes = 1; passes < batchSize; passes++) {
    if (batchSize % passes === 0 && (tokens * batchSize) / passes <= MAX_TOKENS_PER_PASS) return passes;
  }
  return batchSize;
}

/**
 * The parts of a batch, each of at most `batchSize / passes` examples of similar length, so that attention, quadratic in a part's
 * longest, pads little: the examples in the order of their lengths, cut. One part keeps the order given.
 */
export function partsOf<Example>(
  examples: readonly Example[],
  batchSize: number,
  passes: number,
  length: (example: Example) => number,
): Example[][] {
  if (passes === 1) return [[...examples]];
  const size = batchSize / passes;
  const sorted = [...examples].sort((a, b) => length(a) - length(b));
  return Array.from({ length: Math.ceil(sorted.length / size) }, (_, i) => sorted.slice(i * size, (i + 1) * size));
}
