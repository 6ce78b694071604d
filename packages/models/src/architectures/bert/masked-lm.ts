import { gelu, layerNorm, takeRows, tf } from '@lomap/compile';
import type { Context } from '../../context.ts';
import type { BertConfig } from './config.ts';
import { bertEncoder } from './encoder.ts';
import type { TensorMaskedBatch } from '../../batches/masked.ts';
import { bertHead, bertShapes } from './tensors.ts';

const transform = 'cls.predictions.transform';

/** The decoder's weight [vocabulary, hidden]: a tensor of its own, or the word embeddings where the two are tied. */
export const decoderWeight = 'cls.predictions.decoder.weight';

/** What the decoder is tied to in every BERT that `tie_word_embeddings` describes. */
export const wordEmbeddings = 'bert.embeddings.word_embeddings.weight';

/** The masked-language-modelling head's own tensors, by HF's names and shapes; the decoder's weight is not among them. */
export function maskedLmHeadShapes({ hiddenSize, vocabularySize }: BertConfig): Map<string, readonly number[]> {
  return new Map<string, readonly number[]>([
    [`${transform}.dense.weight`, [hiddenSize, hiddenSize]],
    [`${transform}.dense.bias`, [hiddenSize]],
    [`${transform}.LayerNorm.weight`, [hiddenSize]],
    [`${transform}.LayerNorm.bias`, [hiddenSize]],
    ['cls.predictions.bias', [vocabularySize]],
  ]);
}

/** Every tensor of HF's BertForMaskedLM with a tied decoder: the encoder without its pooler, and the head. */
export function maskedLmShapes(config: BertConfig): Map<string, readonly number[]> {
  const isTaskHead = (name: string): boolean => bertHead.some((prefix) => name.startsWith(`${prefix}.`));
  const encoder = [...bertShapes(config, 1)].filter(([name]) => !isTaskHead(name));
  return new Map([...encoder, ...maskedLmHeadShapes(config)]);
}

/**
 * Logits over the vocabulary of the batch's hidden tokens, [M, vocabulary]: HF's BertForMaskedLM at these rows alone.
 *
 *     LayerNorm(gelu(dense(h))) Eᵀ + b,  h the encoder's last hidden state
 *
 * E is `cls.predictions.decoder.weight`; `tiedDecoder` makes it the word embeddings.
 */
export function bertForMaskedLm(config: BertConfig, context: Context, batch: TensorMaskedBatch): tf.Tensor2D {
  return maskedLmLogits(config, context, batch, bertEncoder(config, context, batch));
}

/** The head of `bertForMaskedLm` on an encoder's last hidden state [N, hidden]. */
export function maskedLmLogits(
  config: BertConfig,
  context: Context,
  batch: TensorMaskedBatch,
  hidden: tf.Tensor2D,
): tf.Tensor2D {
  const rows = takeRows(hidden, batch.maskedRows as tf.Tensor1D, batch.rowToMasked as tf.Tensor1D);
  const gamma = context.param(`${transform}.LayerNorm.weight`) as tf.Tensor1D;
  const beta = context.param(`${transform}.LayerNorm.bias`) as tf.Tensor1D;
  const transformed = gelu(context.linear(`${transform}.dense`, rows));
  const normed = layerNorm(transformed, gamma, beta, config.layerNormEpsilon);
  const scores = tf.matMul(normed, context.param(decoderWeight) as tf.Tensor2D, false, true);
  return tf.add(scores, context.param('cls.predictions.bias'));
}

/** The same context, in which the decoder's weight is the word embeddings. */
export function tiedDecoder(context: Context): Context {
  return {
    param: (path) => context.param(path === decoderWeight ? wordEmbeddings : path),
    linear: (path, x) => context.linear(path, x),
    dropout: (x, site, rate) => context.dropout(x, site, rate),
  };
}
