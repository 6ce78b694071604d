import { checkpoint, headLayout, tf } from '@lomap/compile';
import type { TensorBatch } from '../../batch.ts';
import type { Context } from '../../context.ts';
import { afterAttention, firstTokens, norm } from '../post-norm.ts';
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
function embeddings(inputs: AttentionInputs): tf.Tensor2D {
  const { config, context, batch } = inputs;
  const rows = (table: string, indices: tf.Tensor): tf.Tensor2D =>
    tf.gather(context.param(`bert.embeddings.${table}.weight`) as tf.Tensor2D, indices as tf.Tensor1D);
  const words = rows('word_embeddings', batch.inputIds);
  const segments = rows('token_type_embeddings', batch.tokenTypeIds);
  const positions = rows('position_embeddings', batch.positionIds);
  const normed = norm(inputs, 'bert.embeddings.LayerNorm', tf.add(tf.add(words, segments), positions));
  return context.dropout(normed, 'bert.embeddings.dropout', config.hiddenDropout);
}
