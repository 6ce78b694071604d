/** DeBERTa's table of distances as one batch needs it. */
import { tf, withGradient } from '@lomap/compile';
import type { TensorBatch } from '../../batch.ts';
import { norm, type PostNormInputs } from '../post-norm.ts';
import type { DebertaConfig, RelativePositions } from './config.ts';
import { rowsOfDistances } from './distances.ts';
import { encoderPath } from './tensors.ts';

/** Rows of the table, one for each of some distances. */
export interface RelativeRows {
  /** Which row of the table each is. int32 [n] */
  readonly index: tf.Tensor1D;
  /** The rows, normalised where the model does so. [n, hidden] */
  readonly rows: tf.Tensor2D;
}

/** Functions are traced at lengths below this, whatever a model's own limit. */
const tracedLength = 64;

/** The longest example that constants of positions have to reach. */
export function longestExample({ maxPositions }: DebertaConfig): number {
  return Math.max(maxPositions, tracedLength);
}

/**
 * The table's rows for the distances S - 1, S - 2, …, -S of a batch whose longest example has S tokens. Only these are
 * normalised and projected: 128 rather than 512 rows for 64 tokens.
 */
export function relativeRows(
  inputs: PostNormInputs & { readonly config: DebertaConfig; readonly batch: TensorBatch },
  relative: RelativePositions,
): RelativeRows {
  const { config, context, batch } = inputs;
  const longest = longestExample(config);
  const length = batch.mask.shape[3]!;
  const all = tf.tensor1d(rowsOfDistances(longest, relative), 'int32');
  const index = tf.slice(all, [longest - length], [2 * length]);
  const rows = rowsOf(context.param(`${encoderPath}.rel_embeddings.weight`) as tf.Tensor2D, index);
  return { index, rows: config.normalizesTable ? norm(inputs, `${encoderPath}.LayerNorm`, rows) : rows };
}

/** Those of them for the distances 0, -1, …, 1 - S of the query at position 0. */
export function fromFirst({ index, rows }: RelativeRows, length: number): RelativeRows {
  return {
    index: tf.slice(index, [length - 1], [length]),
    rows: tf.slice(rows, [length - 1, 0], [length, rows.shape[1]]),
  };
}

/**
 * The rows after dropout on the table: distances that share a row lose the same elements of it.
 *
 * @param path of the attention's module; every layer draws its own mask.
 */
export function droppedRows(
  { config, context }: PostNormInputs,
  path: string,
  { index, rows }: RelativeRows,
  { span }: RelativePositions,
): tf.Tensor2D {
  const ones = tf.ones([2 * span, rows.shape[1]]) as tf.Tensor2D;
  const keep = context.dropout(ones, `${path}.pos_dropout`, config.hiddenDropout);
  return keep === ones ? rows : tf.mul(rows, tf.gather(keep, index));
}

/** table[index], whose gradient is a product with the index as one-hot rows rather than a scatter. */
function rowsOf(table: tf.Tensor2D, index: tf.Tensor1D): tf.Tensor2D {
  const count = table.shape[0];
  return withGradient((table) => ({
    value: tf.gather(table!, index),
    saved: [index],
    gradFunc: (dy, [index]) => {
      const chosen = tf.cast(tf.oneHot(index as tf.Tensor1D, count), 'float32') as tf.Tensor2D;
      return tf.matMul(chosen, dy as tf.Tensor2D, true, false);
    },
  }))(table) as tf.Tensor2D;
}
