import { takeRows, tf } from '@lomap/compile';
import type { TensorBatch } from '../../batch.ts';
import { norm } from '../post-norm.ts';
import { activate } from './activation.ts';
import type { AttentionInputs } from './attention.ts';
import type { Convolution } from './config.ts';
import { encoderPath } from './tensors.ts';

const path = `${encoderPath}.conv`;

/**
 * Act(Dropout(conv(e))) of the embeddings e [N, hidden], [N, hidden]: a convolution along each example's positions, with
 * zeros beyond its ends. HF's ConvLayer up to its sum with the first layer's result.
 */
export function convolved(inputs: AttentionInputs, convolution: Convolution, embedded: tf.Tensor2D): tf.Tensor2D {
  const { config, context, batch } = inputs;
  const { size, groups, activation } = convolution;
  const width = config.hiddenSize / groups;
  const kernel = tf.reshape(context.param(`${path}.conv.weight`), [groups, width, width, size]);
  const products = tf.split(kernel, size, 3).map((weight, k) => {
    const rows = neighbours(embedded, batch, k - (size - 1) / 2, size - 1);
    const channels = tf.transpose(tf.reshape(rows, [-1, groups, width]), [1, 0, 2]) as tf.Tensor3D;
    return tf.matMul(channels, tf.reshape(weight, [groups, width, width]) as tf.Tensor3D, false, true);
  });
  const sum = products.reduce((sum, product) => tf.add(sum, product));
  const rows = tf.reshape(tf.transpose(sum, [1, 0, 2]), [-1, config.hiddenSize]);
  const biased = tf.add(rows, context.param(`${path}.conv.bias`)) as tf.Tensor2D;
  return activate(context.dropout(biased, `${path}.dropout`, config.hiddenDropout), activation);
}

/** LayerNorm(x + c) of rows x of the first layer's result and rows c of `convolved`. */
export function addConvolved(inputs: AttentionInputs, x: tf.Tensor2D, c: tf.Tensor2D): tf.Tensor2D {
  return norm(inputs, `${path}.LayerNorm`, tf.add(x, c));
}

/**
 * For each row of x [N, h] the row `offset` positions further in its example, zeros where there is none.
 *
 * @param reach the largest offset of either sign that is asked for, or more.
 */
function neighbours(x: tf.Tensor2D, batch: TensorBatch, offset: number, reach: number): tf.Tensor2D {
  if (offset === 0) return x;
  const rows = rowsAround(batch, reach);
  const none = tf.reshape(countOf(batch.toPacked), [1]) as tf.Tensor1D;
  const withZeros = tf.concat([x, tf.zeros([1, x.shape[1]])], 0) as tf.Tensor2D;
  return takeRows(withZeros, rows(offset), tf.concat([rows(-offset), none]) as tf.Tensor1D);
}

/** Which packed row lies so many positions further than each, N where there is none or either is padding. int32 [N] */
function rowsAround(batch: TensorBatch, reach: number): (offset: number) => tf.Tensor1D {
  const [examples, length] = [batch.firstRow.shape[0]!, batch.mask.shape[3]!];
  const none = countOf(batch.toPacked);
  const isReal = tf.greater(tf.reshape(batch.mask, [-1]), -1);
  const points = tf.reshape(tf.where(isReal, batch.toPadded, none), [examples, length]);
  const beyond = tf.add(tf.zeros([examples, reach], 'int32'), none);
  const wide = tf.concat([beyond, points, beyond], 1);
  const toPacked = batch.toPacked as tf.Tensor1D;
  const isToken = tf.gather(isReal, toPacked);
  return (offset) => {
    const shifted = tf.slice(wide, [0, reach + offset], [examples, length]);
    return tf.where(isToken, tf.gather(tf.reshape(shifted, [-1]), toPacked), none) as tf.Tensor1D;
  };
}

function countOf(x: tf.Tensor): tf.Tensor {
  return tf.sum(tf.onesLike(x));
}
