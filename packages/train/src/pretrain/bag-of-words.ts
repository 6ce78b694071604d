import { float32, tf, type HostTensor } from '@lomap/compile';
import { wordEmbeddings, type Context, type Encoding } from '@lomap/models';

/**
 * The words of each text as shares that sum to 1, special tokens left out; rows beyond the texts are 0.
 * [batchSize, vocabularySize]
 */
export function bagsOfWords(
  texts: readonly Encoding[],
  batchSize: number,
  vocabularySize: number,
  specialIds: ReadonlySet<number>,
): HostTensor {
  const bags = new Float32Array(batchSize * vocabularySize);
  texts.forEach(({ inputIds }, row) => {
    const words = inputIds.filter((id) => !specialIds.has(id));
    for (const id of words) bags[row * vocabularySize + id]! += 1 / words.length;
  });
  return float32(bags, [batchSize, vocabularySize]);
}

/**
 * How badly the pooled first token tells which words its text has: the mean over texts of
 *
 *     -Σ_w bag_w log softmax(pooled Eᵀ + b)_w,   E the word embeddings, b the masked-LM head's bias
 *
 * Masked-language modelling alone gives the first token nothing to do, so that fine-tuning has to teach it to look at
 * the text. This loss, in the spirit of the auxiliary objectives of Condenser (arXiv 2104.08253) and RetroMAE
 * (arXiv 2205.12035), makes it a summary of the text, and trains the pooler.
 *
 * @param pooled [B, hidden]
 * @param bags of `bagsOfWords`, [B, vocabulary]
 */
export function bagOfWordsLoss(context: Context, pooled: tf.Tensor2D, bags: tf.Tensor2D): tf.Scalar {
  const scores = tf.matMul(pooled, context.param(wordEmbeddings) as tf.Tensor2D, false, true);
  const logits = tf.add(scores, context.param('cls.predictions.bias')) as tf.Tensor2D;
  return tf.neg(tf.div(tf.sum(tf.mul(bags, tf.logSoftmax(logits))), tf.sum(bags)));
}
