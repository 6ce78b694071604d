import { float32, int32 } from '@lomap/compile';
import type { HostBatch } from '../batch.ts';

/** A tokenized example. */
export interface EncodedExample {
  readonly inputIds: readonly number[];
  /** Segment of each token; as long as `inputIds`. */
  readonly tokenTypeIds: readonly number[];
  /** Class, or regression target. */
  readonly label: number;
}

/** Added to the attention scores of padding: its probability is exactly 0 in float32. */
const masked = -1e9;

/**
 * The packed batch of these examples: only real tokens are rows. A short batch is filled up with one-token examples
 * (the first example's first token, [CLS]) of weight 0.
 *
 * @throws RangeError on no or too many examples, an empty one, or one whose ids and segments differ in number.
 */
export function pack(examples: readonly EncodedExample[], batchSize: number): HostBatch {
  const filled = fill(examples, batchSize);
  return layOut(filled, (example) => example.inputIds.length);
}

/**
 * The same batch with a row for every padding point too (id 0), N = B·S: what a model without packing computes on.
 * For tests; the results are those of `pack`, to rounding.
 */
export function packPadded(examples: readonly EncodedExample[], batchSize: number): HostBatch {
  const filled = fill(examples, batchSize);
  const longest = longestOf(filled);
  return layOut(filled, () => longest);
}

function fill(examples: readonly EncodedExample[], batchSize: number): (EncodedExample & { weight: number })[] {
  const [first] = examples;
  if (!first || examples.length > batchSize) {
    throw new RangeError(`A batch of ${batchSize} takes 1 to ${batchSize} examples, not ${examples.length}.`);
  }
  examples.forEach(({ inputIds, tokenTypeIds }, index) => {
    if (inputIds.length === 0) throw new RangeError(`Example ${index} of the batch has no tokens.`);
    if (inputIds.length !== tokenTypeIds.length) {
      throw new RangeError(
        `Example ${index} of the batch has ${inputIds.length} tokens and ${tokenTypeIds.length} segments.`,
      );
    }
  });
  const filler = { inputIds: first.inputIds.slice(0, 1), tokenTypeIds: [0], label: 0, weight: 0 };
  return Array.from({ length: batchSize }, (_, index) => {
    const example = examples[index];
    return example ? { ...example, weight: 1 } : filler;
  });
}

function longestOf(examples: readonly EncodedExample[]): number {
  return examples.reduce((longest, { inputIds }) => Math.max(longest, inputIds.length), 0);
}

/** @param rowsOf how many rows an example takes: its tokens, then padding up to at most S. */
function layOut(
  examples: readonly (EncodedExample & { weight: number })[],
  rowsOf: (example: EncodedExample) => number,
): HostBatch {
  const count = examples.length;
  const length = longestOf(examples);
  const rows = examples.reduce((sum, example) => sum + rowsOf(example), 0);
  const inputIds = new Int32Array(rows);
  const positionIds = new Int32Array(rows);
  const tokenTypeIds = new Int32Array(rows);
  const toPadded = new Int32Array(count * length).fill(rows);
  const toPacked = new Int32Array(rows);
  const rowToExample = new Int32Array(rows).fill(count);
  const firstRow = new Int32Array(count);
  const rowToLast = new Int32Array(rows).fill(count);
  const lastRow = new Int32Array(count);
  const mask = new Float32Array(count * length).fill(masked);
  let row = 0;
  examples.forEach((example, index) => {
    firstRow[index] = row;
    rowToExample[row] = index;
    lastRow[index] = row + example.inputIds.length - 1;
    rowToLast[lastRow[index]] = index;
    mask.fill(0, index * length, index * length + example.inputIds.length);
    for (let position = 0; position < rowsOf(example); position++, row++) {
      inputIds[row] = example.inputIds[position] ?? 0;
      tokenTypeIds[row] = example.tokenTypeIds[position] ?? 0;
      positionIds[row] = position;
      toPadded[index * length + position] = row;
      toPacked[row] = index * length + position;
    }
  });
  return {
    inputIds: int32(inputIds, [rows]),
    positionIds: int32(positionIds, [rows]),
    tokenTypeIds: int32(tokenTypeIds, [rows]),
    toPadded: int32(toPadded, [count * length]),
    toPacked: int32(toPacked, [rows]),
    rowToExample: int32(rowToExample, [rows]),
    firstRow: int32(firstRow, [count]),
    rowToLast: int32(rowToLast, [rows]),
    lastRow: int32(lastRow, [count]),
    mask: float32(mask, [count, 1, 1, length]),
    labels: float32(
      examples.map(({ label }) => label),
      [count],
    ),
    weights: float32(
      examples.map(({ weight }) => weight),
      [count],
    ),
  };
}
