import { tf } from '@lomap/compile';

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
  const classes = tf.tensor2d([Array.from({ length: logits.shape[1] }, (_, c) => c)], [1, logits.shape[1]], 'float32');
  const oneHot = tf.cast(tf.equal(tf.reshape(labels, [-1, 1]), classes), 'float32');
  const losses = tf.neg(tf.sum(tf.mul(tf.logSoftmax(logits), oneHot), 1)) as tf.Tensor1D;
  return weightedMean(losses, weights);
}

/** Weighted mean squared error: Σᵢ wᵢ (zᵢ - yᵢ)² / Σᵢ wᵢ, with logits [B, 1], labels [B] and weights [B]. */
export function meanSquaredError(logits: tf.Tensor2D, labels: tf.Tensor1D, weights: tf.Tensor1D): tf.Scalar {
  return weightedMean(tf.square(tf.sub(tf.reshape(logits, [-1]), labels)), weights);
}

function weightedMean(values: tf.Tensor1D, weights: tf.Tensor1D): tf.Scalar {
  return tf.div(tf.sum(tf.mul(values, weights)), tf.sum(weights));
}
