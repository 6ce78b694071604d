import { checkpoint, gelu, headLayout, layerNorm, takeRows, tf } from '@lomap/compile';
import type { TensorBatch } from '../../batch.ts';
import type { Context } from '../../context.ts';
import { attentionOf, selfAttention, type AttentionInputs } from './attention.ts';
import type { BertConfig } from './config.ts';
import { layerPath } from './tensors.ts';

/** The encoder's last hidden state on packed rows, [N, hidden]: HF BertModel's, without its padding. */
export function bertEncoder(config: BertConfig, context: Context, batch: TensorBatch): tf.Tensor2D {
  return layers(inputsOf(config, context, batch), config.layers);
}

/**
 * The first token's row of the last hidden state, [B, hidden]: without dropout `firstTokens(batch, bertEncoder(...))`,
 * to rounding, and so are its gradients.
 *
 * The last layer's other rows reach no result: of that layer only keys and values are computed for them. Its dropout
 * masks have a row an example rather than a row a token.
 */
export function bertFirstTokens(config: BertConfig, context: Context, batch: TensorBatch): tf.Tensor2D {
  const inputs = inputsOf(config, context, batch);
  const path = layerPath(config.layers - 1);
  const hidden = checkpoint(layers(inputs, config.layers - 1));
  const first = firstTokens(batch, hidden);
  return afterAttention(inputs, path, attentionOf(inputs, `${path}.attention.self`, first, hidden), first);
}

/** The rows [B, hidden] of the examples' first tokens. */
export function firstTokens(batch: TensorBatch, hidden: tf.Tensor2D): tf.Tensor2D {
  return takeRows(hidden, batch.firstRow as tf.Tensor1D, batch.rowToExample as tf.Tensor1D);
}

function inputsOf(config: BertConfig, context: Context, batch: TensorBatch): AttentionInputs {
  const layout = headLayout(batch.toPadded as tf.Tensor1D, batch.toPacked as tf.Tensor1D, config.heads);
  return { config, context, batch, layout };
}

/** The embeddings and the first `count` layers, [N, hidden]. */
function layers(inputs: AttentionInputs, count: number): tf.Tensor2D {
  let hidden = embeddings(inputs);
  for (let layer = 0; layer < count; layer++) {
    const path = layerPath(layer);
    hidden = checkpoint(hidden);
    hidden = afterAttention(inputs, path, selfAttention(inputs, `${path}.attention.self`, hidden), hidden);
  }
  return hidden;
}

/** Dropout(LayerNorm(word + segment + position)), [N, hidden]. */
function embeddings({ config, context, batch }: AttentionInputs): tf.Tensor2D {
  const rows = (table: string, indices: tf.Tensor): tf.Tensor2D =>
    tf.gather(context.param(`bert.embeddings.${table}.weight`) as tf.Tensor2D, indices as tf.Tensor1D);
  const words = rows('word_embeddings', batch.inputIds);
  const segments = rows('token_type_embeddings', batch.tokenTypeIds);
  const positions = rows('position_embeddings', batch.positionIds);
  const normed = norm(config, context, 'bert.embeddings.LayerNorm', tf.add(tf.add(words, segments), positions));
  return context.dropout(normed, 'bert.embeddings.dropout', config.hiddenDropout);
}

/** The rest of a layer, of rows x and what they attended to: a feed-forward network, each LayerNorm(x + Dropout(f(x))). */
function afterAttention(inputs: AttentionInputs, path: string, attended: tf.Tensor2D, x: tf.Tensor2D): tf.Tensor2D {
  const y = addAndNorm(inputs, `${path}.attention.output`, attended, x);
  const inner = gelu(inputs.context.linear(`${path}.intermediate.dense`, y));
  return addAndNorm(inputs, `${path}.output`, inner, y);
}

/** LayerNorm(residual + Dropout(dense(x))): HF's BertSelfOutput and BertOutput. */
function addAndNorm(
  { config, context }: AttentionInputs,
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
