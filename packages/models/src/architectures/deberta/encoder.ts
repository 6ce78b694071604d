import { checkpoint, tf } from '@lomap/compile';
import type { TensorBatch } from '../../batch.ts';
import type { Context } from '../../context.ts';
import { afterAttention, firstTokens, norm } from '../post-norm.ts';
import { attentionInputs, attentionOfFirst, selfAttention, type AttentionInputs } from './attention.ts';
import type { DebertaConfig } from './config.ts';
import { addConvolved, convolved } from './convolution.ts';
import { embeddingsPath, layerPath } from './tensors.ts';

/** The encoder's last hidden state on packed rows, [N, hidden]: HF DebertaV2Model's, without its padding. */
export function debertaEncoder(config: DebertaConfig, context: Context, batch: TensorBatch): tf.Tensor2D {
  const inputs = attentionInputs(config, context, batch);
  return layers(inputs, embeddings(inputs), config.layers);
}

/**
 * The first token's row of the last hidden state, [B, hidden]: without dropout `firstTokens(batch, debertaEncoder(...))`,
 * to rounding, and so are its gradients.
 *
 * The last layer's other rows reach no result: of that layer only keys and values are computed for them, and of
 * distances those of the query at position 0. Its dropout masks have a row an example rather than a row a token.
 */
export function debertaFirstTokens(config: DebertaConfig, context: Context, batch: TensorBatch): tf.Tensor2D {
  const inputs = attentionInputs(config, context, batch);
  const embedded = embeddings(inputs);
  const path = layerPath(config.layers - 1);
  const hidden = checkpoint(layers(inputs, embedded, config.layers - 1));
  const first = firstTokens(batch, hidden);
  const attended = attentionOfFirst(inputs, `${path}.attention.self`, first, hidden);
  const result = afterAttention(inputs, path, attended, first);
  if (!config.convolution || config.layers > 1) return result;
  return addConvolved(inputs, result, firstTokens(batch, convolved(inputs, config.convolution, embedded)));
}

/** The first `count` layers on the embeddings, [N, hidden]; the first has the convolution beside it where there is one. */
function layers(inputs: AttentionInputs, embedded: tf.Tensor2D, count: number): tf.Tensor2D {
  const { convolution } = inputs.config;
  let hidden = embedded;
  for (let layer = 0; layer < count; layer++) {
    const path = layerPath(layer);
    hidden = checkpoint(hidden);
    const result = afterAttention(inputs, path, selfAttention(inputs, `${path}.attention.self`, hidden), hidden);
    hidden = convolution && layer === 0 ? addConvolved(inputs, result, convolved(inputs, convolution, hidden)) : result;
  }
  return hidden;
}

/** Dropout(LayerNorm(proj(word + position + segment))), [N, hidden], with the parts that the configuration has. */
function embeddings(inputs: AttentionInputs): tf.Tensor2D {
  const { config, context, batch } = inputs;
  const rows = (table: string, indices: tf.Tensor): tf.Tensor2D =>
    tf.gather(context.param(`${embeddingsPath}.${table}.weight`) as tf.Tensor2D, indices as tf.Tensor1D);
  let sum = rows('word_embeddings', batch.inputIds);
  if (config.absolutePositions) sum = tf.add(sum, rows('position_embeddings', batch.positionIds));
  if (config.tokenTypes > 0) sum = tf.add(sum, rows('token_type_embeddings', batch.tokenTypeIds));
  if (config.embeddingSize !== config.hiddenSize) sum = context.linear(`${embeddingsPath}.embed_proj`, sum);
  const normed = norm(inputs, `${embeddingsPath}.LayerNorm`, sum);
  return context.dropout(normed, `${embeddingsPath}.dropout`, config.hiddenDropout);
}
