import { gelu, headLayout, layerNorm, tf, type HeadLayout } from '@lomap/compile';
import type { TensorBatch } from '../batch.ts';
import type { Context } from '../context.ts';
import { selfAttention } from './attention.ts';
import type { BertConfig } from './config.ts';
import { layerPath } from './tensors.ts';

/** The encoder's last hidden state on packed rows, [N, hidden]: HF BertModel's, without its padding. */
export function bertEncoder(config: BertConfig, context: Context, batch: TensorBatch): tf.Tensor2D {
  const layout = headLayout(batch.toPadded as tf.Tensor1D, batch.toPacked as tf.Tensor1D, config.heads);
  let hidden = embeddings(config, context, batch);
  for (let layer = 0; layer < config.layers; layer++) {
    hidden = encoderLayer(config, context, batch, layout, layerPath(layer), hidden);
  }
  return hidden;
}

/** Dropout(LayerNorm(word + segment + position)), [N, hidden]. */
function embeddings(config: BertConfig, context: Context, batch: TensorBatch): tf.Tensor2D {
  const rows = (table: string, indices: tf.Tensor): tf.Tensor2D =>
    tf.gather(context.param(`bert.embeddings.${table}.weight`) as tf.Tensor2D, indices as tf.Tensor1D);
  const words = rows('word_embeddings', batch.inputIds);
  const segments = rows('token_type_embeddings', batch.tokenTypeIds);
  const positions = rows('position_embeddings', batch.positionIds);
  const normed = norm(config, context, 'bert.embeddings.LayerNorm', tf.add(tf.add(words, segments), positions));
  return context.dropout(normed, 'bert.embeddings.dropout', config.hiddenDropout);
}

/** Self-attention and feed-forward network, each LayerNorm(x + Dropout(f(x))). */
function encoderLayer(
  config: BertConfig,
  context: Context,
  batch: TensorBatch,
  layout: HeadLayout,
  path: string,
  x: tf.Tensor2D,
): tf.Tensor2D {
  const attended = selfAttention(config, context, batch, layout, `${path}.attention.self`, x);
  const y = addAndNorm(config, context, `${path}.attention.output`, attended, x);
  const inner = gelu(context.linear(`${path}.intermediate.dense`, y));
  return addAndNorm(config, context, `${path}.output`, inner, y);
}

/** LayerNorm(residual + Dropout(dense(x))): HF's BertSelfOutput and BertOutput. */
function addAndNorm(
  config: BertConfig,
  context: Context,
  path: string,
  x: tf.Tensor2D,
  residual: tf.Tensor2D,
): tf.Tensor2D {
  const mapped = context.linear(`${path}.dense`, x);
  const dropped = context.dropout(mapped, `${path}.dropout`, config.hiddenDropout);
  return norm(config, context, `${path}.LayerNorm`, tf.add(dropped, residual));
}

function norm(config: BertConfig, context: Context, path: string, x: tf.Tensor2D): tf.Tensor2D {
  const gamma = context.param(`${path}.weight`) as tf.Tensor1D;
  const beta = context.param(`${path}.bias`) as tf.Tensor1D;
  return layerNorm(x, gamma, beta, config.layerNormEpsilon);
}
