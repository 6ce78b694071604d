/** The parts of a layer that encoders share which normalise after adding, as BERT does. */
import { gelu, layerNorm, takeRows, tf } from '@lomap/compile';
import type { TensorBatch } from '../batch.ts';
import type { Context } from '../context.ts';

/** What a layer's parts are given, besides its path and its rows. */
export interface PostNormInputs {
  readonly config: { readonly layerNormEpsilon: number; readonly hiddenDropout: number };
  readonly context: Context;
}

/** The rest of a layer, of rows x and what they attended to: a feed-forward network, each LayerNorm(x + Dropout(f(x))). */
export function afterAttention(
  inputs: PostNormInputs,
  path: string,
  attended: tf.Tensor2D,
  x: tf.Tensor2D,
): tf.Tensor2D {
  const y = addAndNorm(inputs, `${path}.attention.output`, attended, x);
  const inner = gelu(inputs.context.linear(`${path}.intermediate.dense`, y));
  return addAndNorm(inputs, `${path}.output`, inner, y);
}

/** LayerNorm(residual + Dropout(dense(x))): HF's BertSelfOutput and BertOutput. */
function addAndNorm(inputs: PostNormInputs, path: string, x: tf.Tensor2D, residual: tf.Tensor2D): tf.Tensor2D {
  const { config, context } = inputs;
  const mapped = context.linear(`${path}.dense`, x);
  const dropped = context.dropout(mapped, `${path}.dropout`, config.hiddenDropout);
  return norm(inputs, `${path}.LayerNorm`, tf.add(dropped, residual));
}

/** The layer norm of this path. */
export function norm({ config, context }: PostNormInputs, path: string, x: tf.Tensor2D): tf.Tensor2D {
  const gamma = context.param(`${path}.weight`) as tf.Tensor1D;
  const beta = context.param(`${path}.bias`) as tf.Tensor1D;
  return layerNorm(x, gamma, beta, config.layerNormEpsilon);
}

/** The rows [B, hidden] of the examples' first tokens. */
export function firstTokens(batch: TensorBatch, hidden: tf.Tensor2D): tf.Tensor2D {
  return takeRows(hidden, batch.firstRow as tf.Tensor1D, batch.rowToExample as tf.Tensor1D);
}
