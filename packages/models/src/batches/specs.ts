import type { Dimension, TensorSpec } from '@lomap/compile';
import type { PackedBatch } from '../batch.ts';

/**
 * The types and shapes of a packed batch of B examples for `compile`: N rows and the longest length S are symbols, B is
 * fixed.
 */
export function batchSpecs(batchSize: number): PackedBatch<TensorSpec> {
  const rows: Dimension = { symbol: 'N', times: 1 };
  const int32 = (...shape: (number | Dimension)[]): TensorSpec => ({ dtype: 'int32', shape });
  const float32 = (...shape: (number | Dimension)[]): TensorSpec => ({ dtype: 'float32', shape });
  return {
    inputIds: int32(rows),
    positionIds: int32(rows),
    tokenTypeIds: int32(rows),
    toPadded: int32({ symbol: 'S', times: batchSize }),
    toPacked: int32(rows),
    rowToExample: int32(rows),
    firstRow: int32(batchSize),
    rowToLast: int32(rows),
    lastRow: int32(batchSize),
    mask: float32(batchSize, 1, 1, { symbol: 'S', times: 1 }),
    labels: float32(batchSize),
    weights: float32(batchSize),
  };
}
