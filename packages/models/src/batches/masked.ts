import { float32, int32, type HostTensor, type TensorSpec, type tf } from '@lomap/compile';
import type { PackedBatch } from '../batch.ts';
import { pack } from './pack.ts';
import { batchSpecs } from './specs.ts';

/** A text with some of its tokens hidden, and what they were. */
export interface MaskedExample {
  /** Token ids as the encoder sees them. */
  readonly inputIds: readonly number[];
  readonly tokenTypeIds: readonly number[];
  /** Positions to predict, at least one, in ascending order; also those where the token was kept. */
  readonly positions: readonly number[];
  /** The token that was at each of them. */
  readonly targets: readonly number[];
  /** What the text is, for a loss that asks for it. @default 0 */
  readonly label?: number;
}

/** A packed batch whose M hidden tokens are to be predicted. `labels` are those of the texts. */
export interface MaskedBatch<T> extends PackedBatch<T> {
  /** Packed row of each token to predict. int32 [M] */
  readonly maskedRows: T;
  /** Its place in `maskedRows` for each packed row, M for the others: where their gradient goes. int32 [N] */
  readonly rowToMasked: T;
  /** The token that was there, as a float. float32 [M] */
  readonly maskedIds: T;
  /** Weight in the loss, 1. float32 [M] */
  readonly maskedWeights: T;
}

/** A masked batch on the host. */
export type HostMaskedBatch = MaskedBatch<HostTensor>;

/** A masked batch inside a traced or eager function. */
export type TensorMaskedBatch = MaskedBatch<tf.Tensor>;

/**
 * The packed batch of these examples. A short batch is filled up with one-token examples, in which nothing is predicted.
 *
 * @throws RangeError as `pack`, or when an example has nothing to predict or a position outside of it.
 */
export function packMasked(examples: readonly MaskedExample[], batchSize: number): HostMaskedBatch {
  const batch = pack(
    examples.map(({ inputIds, tokenTypeIds, label = 0 }) => ({ inputIds, tokenTypeIds, label })),
    batchSize,
  );
  const rows: number[] = [];
  let first = 0;
  examples.forEach(({ inputIds, positions, targets }, index) => {
    if (positions.length === 0 || positions.length !== targets.length) {
      throw new RangeError(
        `Example ${index} of the batch has ${positions.length} positions to predict and ${targets.length} targets; ` +
          'expected as many, at least one.',
      );
    }
    for (const position of positions) {
      if (!(Number.isInteger(position) && position >= 0 && position < inputIds.length)) {
        throw new RangeError(`Example ${index} of the batch has ${inputIds.length} tokens, and none at ${position}.`);
      }
      rows.push(first + position);
    }
    first += inputIds.length;
  });
  const [tokens, count] = [batch.inputIds.data.length, rows.length];
  const rowToMasked = new Int32Array(tokens).fill(count);
  rows.forEach((row, masked) => (rowToMasked[row] = masked));
  return {
    ...batch,
    maskedRows: int32(rows, [count]),
    rowToMasked: int32(rowToMasked, [tokens]),
    maskedIds: float32(
      examples.flatMap(({ targets }) => targets),
      [count],
    ),
    maskedWeights: float32(new Float32Array(count).fill(1), [count]),
  };
}

/** The types and shapes of a masked batch of B examples for `compile`: M is a symbol beside N and S. */
export function maskedBatchSpecs(batchSize: number): MaskedBatch<TensorSpec> {
  const [rows, masked] = [
    { symbol: 'N', times: 1 },
    { symbol: 'M', times: 1 },
  ] as const;
  return {
    ...batchSpecs(batchSize),
    maskedRows: { dtype: 'int32', shape: [masked] },
    rowToMasked: { dtype: 'int32', shape: [rows] },
    maskedIds: { dtype: 'float32', shape: [masked] },
    maskedWeights: { dtype: 'float32', shape: [masked] },
  };
}
