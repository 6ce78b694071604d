import { tf, withGradient } from '@lomap/compile';

/**
 * Weighted mean cross-entropy: Σᵢ wᵢ · (log Σ_c exp zᵢ_c - zᵢ_yᵢ) / Σᵢ wᵢ.
 *
 * Labels come as floats and become one-hot rows by comparison with 0, 1, ..., so that nothing is gathered; examples of
 * weight 0 (the fillers of a short batch) have no part in value or gradient.
 *
 * @param logits [B, classes]
 * @param labels classes as floats [B]
 * @param weights [B], not all 0
 */
export function crossEntropy(logits: tf.Tensor2D, labels: tf.Tensor1D, weights: tf.Tensor1D): tf.Scalar {
  const losses = tf.neg(tf.sum(tf.mul(tf.logSoftmax(logits), oneHot(labels, logits.shape[1])), 1)) as tf.Tensor1D;
  return weightedMean(losses, weights);
}

/** Weighted mean squared error: Σᵢ wᵢ (zᵢ - yᵢ)² / Σᵢ wᵢ, with logits [B, 1], labels [B] and weights [B]. */
export function meanSquaredError(logits: tf.Tensor2D, labels: tf.Tensor1D, weights: tf.Tensor1D): tf.Scalar {
  return weightedMean(tf.square(tf.sub(tf.reshape(logits, [-1]), labels)), weights);
}

/** Σᵢ wᵢ xᵢ / Σᵢ wᵢ, of [n] each; the weights are not all 0. */
export function weightedMean(values: tf.Tensor1D, weights: tf.Tensor1D): tf.Scalar {
  return tf.div(tf.sum(tf.mul(values, weights)), tf.sum(weights));
}

/**
 * The cross-entropy of each row's token, log Σ_c exp z_c - z_t, [M]. Its gradient softmax(z) - 1_t is written out: over a large
 * vocabulary the backward pass keeps the logits and nothing else of their size.
 *
 * @param logits [M, vocabulary]
 * @param ids tokens as floats [M]
 */
export function tokenCrossEntropy(logits: tf.Tensor2D, ids: tf.Tensor1D): tf.Tensor1D {
  const vocabularySize = logits.shape[1];
  const losses = withGradient<tf.Tensor1D>((z) => {
    const total = tf.logSumExp(z!, 1, true);
    const ofTarget = tf.sum(tf.mul(z!, oneHot(ids, vocabularySize)), 1);
    return {
      value: tf.sub(tf.reshape(total, [-1]), ofTarget),
      saved: [z!, total, ids],
      gradFunc: (dy, [z, total, ids]) =>
        tf.mul(tf.reshape(dy, [-1, 1]), tf.sub(tf.exp(tf.sub(z!, total!)), oneHot(ids!, vocabularySize))),
    };
  });
  return losses(logits);
}

/**
 * For evaluation: each row's cross-entropy, and 1 where no other token's logit is larger, else 0; [M] each.
 *
 * @param logits [M, vocabulary]
 * @param ids tokens as floats [M]
 */
export function tokenScores(logits: tf.Tensor2D, ids: tf.Tensor): { losses: tf.Tensor; correct: tf.Tensor } {
  const ofTarget = tf.sum(tf.mul(logits, oneHot(ids, logits.shape[1])), 1);
  const largest = tf.max(logits, 1, true);
  const logTotal = tf.add(tf.log(tf.sum(tf.exp(tf.sub(logits, largest)), 1)), tf.reshape(largest, [-1]));
  return {
    losses: tf.sub(logTotal, ofTarget),
    correct: tf.cast(tf.greaterEqual(ofTarget, tf.reshape(largest, [-1])), 'float32'),
  };
}

/** The sum of some values of a list, first to before last: of the tokens of one example of a batch. */
export function sumOf(values: Float32Array, first: number, last: number): number {
  return values.subarray(first, last).reduce((total, value) => total + value, 0);
}

/** Rows with a 1 at each id, [n, size], from ids as floats [n]. */
function oneHot(ids: tf.Tensor, size: number): tf.Tensor2D {
  const all = tf.tensor2d([Array.from({ length: size }, (_, id) => id)], [1, size], 'float32');
  return tf.cast(tf.equal(tf.reshape(ids, [-1, 1]), all), 'float32');
}
